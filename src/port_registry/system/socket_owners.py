"""Owners of sockets: the processes that hold them (Linux: `/proc/PID/fd`, proc_pid_fd(5))."""

import os
from collections.abc import Container, Iterable, Mapping, Sequence

from port_registry.model import Listener, NamedTuple, OwnedSocket


class SocketOwners(NamedTuple):
    """The processes that hold each socket."""

    pids: Mapping[int, tuple[int, ...]]
    """By the socket's number, in rising order; without sockets whose owners are not visible."""
    hidden: bool
    """Whether there are processes that this user may not inspect, or cannot see."""


def owned_sockets(listeners: Sequence[Listener]) -> tuple[OwnedSocket, ...]:
    """Return the sockets of `listeners` with the processes that hold them."""
    from port_registry.system.process import describe

    owners = find_owners(listener.socket for listener in listeners)
    pids = sorted({pid for group in owners.pids.values() for pid in group})
    running = {pid: process for pid in pids if (process := describe(pid)) is not None}
    processes = {
        number: tuple(running[pid] for pid in group if pid in running)
        for number, group in owners.pids.items()
    }
    return tuple(
        OwnedSocket(listener, processes.get(listener.socket, ()), owners.hidden)
        for listener in listeners
    )


def find_owners(sockets: Iterable[int]) -> SocketOwners:
    """Return all processes that hold each of `sockets`; several do where one was inherited."""
    sought = {f"socket:[{number}]": number for number in sockets if number}
    if not sought:
        return SocketOwners({}, _is_proc_restricted())
    pids: dict[int, list[int]] = {}
    hidden = _is_proc_restricted()
    without_descriptors: list[str] = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        scan = _scan_process(pid, sought)
        hidden = hidden or scan is None
        if scan is not None and not scan.descriptors:
            without_descriptors.append(pid)
        for link in scan.links if scan is not None else ():
            pids.setdefault(sought[link], []).append(int(pid))
    if len(pids) < len(sought):
        for pid in without_descriptors:
            for link in _scan_threads(pid, sought):
                pids.setdefault(sought[link], []).append(int(pid))
    return SocketOwners({number: tuple(sorted(group)) for number, group in pids.items()}, hidden)


def owns_socket(pid: int, socket: int) -> bool:
    """Return whether the process `pid` holds the socket now, as far as is visible."""
    sought = (f"socket:[{socket}]",)
    scan = _scan_process(str(pid), sought)
    if scan is None:
        return False
    return bool(scan.links if scan.descriptors else _scan_threads(str(pid), sought))


class _DescriptorScan(NamedTuple):
    """The descriptors of a process, or of one thread."""

    descriptors: int
    """How many there are."""
    links: set[str]
    """The sought links that some of them lead to."""


def _scan_process(pid: str, sought: Container[str]) -> _DescriptorScan | None:
    """Return the scan of the process's descriptors; None where this user may not read them.

    Without permission they may still be listed, and lead nowhere.
    """
    try:
        return _scan_folder(f"/proc/{pid}/fd", sought)
    except PermissionError:
        return None
    except OSError:
        # The process ended.
        return _DescriptorScan(0, set())


def _scan_threads(pid: str, sought: Container[str]) -> set[str]:
    """Return the sought links that other threads of a process without descriptors hold.

    `/proc/PID/fd` is about the first thread only; where that ended, the others keep theirs.
    """
    links: set[str] = set()
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            if thread != pid:
                links |= _scan_folder(f"/proc/{pid}/task/{thread}/fd", sought).links
    except OSError:
        # It ended, too.
        return links
    return links


def _scan_folder(path: str, sought: Container[str]) -> _DescriptorScan:
    """Return where the links in the folder `path` lead; raises `OSError`."""
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
            if link in sought:
                links.add(link)
    finally:
        os.close(folder)
    return _DescriptorScan(len(names), links)


def _is_proc_restricted() -> bool:
    """Return whether `/proc` is mounted so that it hides the processes of other users."""
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
