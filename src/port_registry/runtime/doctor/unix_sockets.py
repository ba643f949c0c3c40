"""Check for Unix sockets that a server of an entry left.

The next server replaces such a socket when it starts, unless it has no permission, or takes
the old server for running (unix(7)).
"""

import errno
import os
import re
import socket
import stat
from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.model import Entry, NamedTuple
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine.machine import SystemFacts

NAME: str = "unix-sockets"

_PLACES = (
    ("postgresql", ("tmp", "run/postgresql", "var/run/postgresql"), r"\.s\.PGSQL\.([0-9]+)"),
    ("mongodb", ("tmp", "run/mongodb", "var/run/mongodb"), r"mongodb-([0-9]+)\.sock"),
    ("mysql", ("tmp", "run/mysqld", "var/run/mysqld", "var/lib/mysql"), r"mysqld?\.sock()"),
    ("redis", ("tmp", "run/redis", "var/run/redis"), r"redis(?:-server)?\.sock()"),
)
"""Services, the folders of their sockets, and the sockets' names, some with the port."""


class StaleSocket(NamedTuple):
    """A socket on which no process listens."""

    path: str
    """Its path on the machine: `/tmp/.s.PGSQL.5432`."""
    service: str
    """The well-known name of its service."""
    port: int | None
    """The port of its server; None where its name does not have it."""
    removable: bool
    """Whether this user may remove it, as the next server does when it starts."""
    lock: int | None
    """The running process that its lock names, though it is not this server; else None."""


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the sockets on which no process listens."""
    stale_sockets = read(context.machine)
    for stale in stale_sockets:
        owners = tuple(entry for entry in context.entries if _is_service_of(entry, stale))
        obstacle = _obstacle(stale)
        effect = obstacle or "its clients are refused until the next server starts"
        lock = f" {stale.path}.lock" if stale.service in ("postgresql", "mysql") else ""
        root = "" if stale.removable else "sudo "
        yield Advice(
            Level.PROBLEM if owners and obstacle else Level.NOTE,
            f"{stale.service} left {stale.path}, on which nothing listens; {effect}",
            (f"`{root}rm -f {stale.path}{lock}`",),
            owners,
        )
    if not stale_sockets:
        yield ok("no server left a Unix socket where its clients look for it")


def _obstacle(stale: StaleSocket) -> str:
    """Return why the next server cannot start; empty where it can."""
    if not stale.removable:
        return "it is another user's, and so the next server does not start"
    if stale.lock is not None:
        reason = f"its lock names process {stale.lock}, which runs"
        return f"{reason}, and so the next server does not start"
    return ""


def _is_service_of(entry: Entry, stale: StaleSocket) -> bool:
    service = service_affinity.service_of_entry(entry)
    if service is None or service.name != stale.service:
        return False
    return stale.port is None or entry.ports.holds(stale.port)


def read(machine: SystemFacts) -> tuple[StaleSocket, ...]:
    """Return the stale sockets."""
    stale_sockets: dict[str, StaleSocket] = {}
    # The paths of the sockets that processes hold (Linux: unix(7)).
    rows = (row.split(maxsplit=7) for row in (machine.text("proc/net/unix") or "").splitlines()[1:])
    held_paths = {row[7] for row in rows if len(row) == 8}
    for service, folders, pattern in _PLACES:
        for folder in folders:
            for name in _names(machine.path(folder)):
                match, path = re.fullmatch(pattern, name), f"/{folder}/{name}"
                real_path = os.path.realpath(machine.path(path[1:]))
                if match is None or path in held_paths or real_path in stale_sockets:
                    continue
                if _is_dead(real_path):
                    port = int(match[1][:5]) if match[1] else None
                    lock = _lock(machine, f"{path[1:]}.lock")
                    stale_sockets[real_path] = StaleSocket(
                        path, service, port, _is_removable(real_path), lock
                    )
    return tuple(stale_sockets.values())


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _is_dead(path: str) -> bool:
    """Return whether `path` is a socket that refuses connections, in any network namespace."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(0)
            return probe.connect_ex(path) == errno.ECONNREFUSED
    except OSError:
        return False


def _is_removable(path: str) -> bool:
    folder = os.path.dirname(path)
    try:
        folder_stat, own_stat = os.stat(folder), os.lstat(path)
    except OSError:
        return False
    # In a folder such as /tmp, users may remove only their own files.
    is_owner = os.geteuid() in (0, own_stat.st_uid, folder_stat.st_uid)
    return os.access(folder, os.W_OK, effective_ids=True) and (
        is_owner or not folder_stat.st_mode & stat.S_ISVTX
    )


def _lock(machine: SystemFacts, path: str) -> int | None:
    """Return the process that a socket's lock names, if a process with that pid runs."""
    digits = ((machine.text(path) or "").split() or [""])[0].removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or not os.path.exists(
        machine.path(f"proc/{digits}")
    ):
        return None
    return int(digits)
