"""Which processes hold a socket (Linux: the links in `/proc/PID/fd`, proc_pid_fd(5))."""

import os
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple


class Owners(NamedTuple):
    """Who holds which socket."""

    pids: Mapping[int, tuple[int, ...]]
    """By the socket's number, in rising order; without those that nobody visible holds."""
    hidden: bool
    """Whether there are processes that this user may not look into, or cannot see."""


def owners_of(sockets: Iterable[int]) -> Owners:
    """Return which processes hold each of `sockets`; all of them, for sockets are inherited."""
    wanted = {f"socket:[{number}]": number for number in sockets if number}
    if not wanted:
        return Owners({}, _is_restricted())
    found: dict[int, list[int]] = {}
    hidden = _is_restricted()
    empty: list[str] = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        seen = _seen(pid, wanted)
        hidden = hidden or seen is None
        if seen is not None and not seen.descriptors:
            empty.append(pid)
        for link in seen.links if seen is not None else ():
            found.setdefault(wanted[link], []).append(int(pid))
    if len(found) < len(wanted):
        for pid in empty:
            for link in _links_of_threads(pid, wanted):
                found.setdefault(wanted[link], []).append(int(pid))
    return Owners({number: tuple(sorted(pids)) for number, pids in found.items()}, hidden)


def holds(pid: int, socket: int) -> bool:
    """Return whether the process `pid` holds the socket now, as far as can be seen."""
    wanted = (f"socket:[{socket}]",)
    seen = _seen(str(pid), wanted)
    if seen is None:
        return False
    return bool(seen.links if seen.descriptors else _links_of_threads(str(pid), wanted))


class _Seen(NamedTuple):
    """What the descriptors of a process, or of one thread, lead to."""

    descriptors: int
    """How many there are."""
    links: set[str]
    """Those of the wanted ones that some lead to."""


def _seen(pid: str, wanted: Container[str]) -> _Seen | None:
    """Return what the process's descriptors lead to; None where that may not be seen.

    They may be listed even then, and lead nowhere.
    """
    try:
        return _look(f"/proc/{pid}/fd", wanted)
    except PermissionError:
        return None
    except OSError:
        # The process ended.
        return _Seen(0, set())


def _links_of_threads(pid: str, wanted: Container[str]) -> set[str]:
    """Return what a process without descriptors holds all the same.

    Where its first thread ended, which is all that `/proc/PID/fd` speaks of, the others hold
    on to what they had.
    """
    links: set[str] = set()
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            if thread != pid:
                links |= _look(f"/proc/{pid}/task/{thread}/fd", wanted).links
    except OSError:
        # It ended, too.
        return links
    return links


def _look(path: str, wanted: Container[str]) -> _Seen:
    """Return what the links in the folder `path` lead to; raises `OSError`."""
    links: set[str] = set()
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        names = os.listdir(folder)
        for name in names:
            try:
                link = os.readlink(name, dir_fd=folder)
            except FileNotFoundError:
                # It was closed meanwhile.
                continue
            if link in wanted:
                links.add(link)
    finally:
        os.close(folder)
    return _Seen(len(names), links)


def _is_restricted() -> bool:
    """Return whether `/proc` is mounted so that the processes of others are not in it."""
    if os.geteuid() == 0:
        return False
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
            rows = [row.split() for row in mounts]
    except OSError:
        return False
    options = (option for row in rows if row[4] == "/proc" for option in row[-1].split(","))
    return any(
        option.startswith("hidepid=") and option[8:] not in ("0", "off") for option in options
    )
