"""Unix sockets that servers left behind: files on which nobody listens any more."""

import errno
import os
import re
import socket
import stat
from typing import NamedTuple

from port_registry.system.machine.machine import SystemFacts

_PLACES = (
    ("postgresql", ("tmp", "run/postgresql", "var/run/postgresql"), r"\.s\.PGSQL\.([0-9]+)"),
    ("mongodb", ("tmp", "run/mongodb", "var/run/mongodb"), r"mongodb-([0-9]+)\.sock"),
    ("mysql", ("tmp", "run/mysqld", "var/run/mysqld", "var/lib/mysql"), r"mysqld?\.sock()"),
    ("redis", ("tmp", "run/redis", "var/run/redis"), r"redis(?:-server)?\.sock()"),
)
"""Services, the folders in which they have their sockets, and how these are called: with the
service's port, or without one."""


class StaleSocket(NamedTuple):
    """A socket on which nobody listens."""

    path: str
    """As the machine knows it: `/tmp/.s.PGSQL.5432`."""
    service: str
    """Whose it is, by its well-known name."""
    port: int | None
    """The port of the server that made it; None where its name does not tell."""
    removable: bool
    """Whether this user may remove it, as the next server does when it starts."""
    lock: int | None
    """The process that its lock names and that runs, though it is not this server any more;
    None where there is none."""


def read(machine: SystemFacts) -> tuple[StaleSocket, ...]:
    """Return the sockets that were left behind."""
    found: dict[str, StaleSocket] = {}
    held = _held(machine)
    for service, folders, pattern in _PLACES:
        for folder in folders:
            for name in _names(machine.path(folder)):
                match = re.fullmatch(pattern, name)
                shown = f"/{folder}/{name}"
                real = os.path.realpath(machine.path(shown[1:]))
                if match and shown not in held and real not in found and _is_dead(real):
                    port = int(match[1][:5]) if match[1] else None
                    lock = _lock(machine, f"{shown[1:]}.lock")
                    found[real] = StaleSocket(shown, service, port, _is_removable(real), lock)
    return tuple(found.values())


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _held(machine: SystemFacts) -> set[str]:
    """Return the paths of the sockets that processes hold (Linux: unix(7))."""
    rows = (machine.text("proc/net/unix") or "").splitlines()[1:]
    return {row.split(maxsplit=7)[7] for row in rows if len(row.split(maxsplit=7)) == 8}


def _is_dead(path: str) -> bool:
    """Return whether `path` is a socket that refuses everyone, in any network namespace."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
            tried.settimeout(0)
            return tried.connect_ex(path) == errno.ECONNREFUSED
    except OSError:
        return False


def _is_removable(path: str) -> bool:
    folder = os.path.dirname(path)
    try:
        above, own = os.stat(folder), os.lstat(path)
    except OSError:
        return False
    # In a folder such as /tmp everyone may remove their own files alone.
    mine = os.geteuid() in (0, own.st_uid, above.st_uid)
    return os.access(folder, os.W_OK, effective_ids=True) and (
        mine or not above.st_mode & stat.S_ISVTX
    )


def _lock(machine: SystemFacts, path: str) -> int | None:
    """Return the process that a lock beside a socket names, if there is one of that number."""
    word = ((machine.text(path) or "").split() or [""])[0].removeprefix("-")
    if not (word.isascii() and word.isdigit()) or not os.path.exists(machine.path(f"proc/{word}")):
        return None
    return int(word)
