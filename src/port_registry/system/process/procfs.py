"""What Linux's tables say of a process (proc_pid_stat(5), proc_pid_cmdline(5))."""

import os
from functools import cache

from port_registry.model import Process
from port_registry.system.procfs import decode, read_bytes, read_text
from port_registry.system.users import user_name

_PARENT, _STARTED = 1, 19
"""Columns of `stat` behind the name: fields 4 and 22."""


def describe(pid: int) -> Process | None:
    """Return what may be seen of the process `pid`; None where there is none any more."""
    folder = f"/proc/{pid}"
    try:
        stat = read_bytes(f"{folder}/stat")
        # The folder itself is the user's whom the process acts for, unlike what is in it.
        uid = os.stat(folder).st_uid
    except OSError:
        return None
    # The name, in parentheses, may hold anything.
    before, _, after = stat.rpartition(b")")
    columns = after.split()
    return Process(
        pid=pid,
        started=_booted() + int(columns[_STARTED]) / _ticks(),
        parent=int(columns[_PARENT]),
        user=user_name(uid),
        name=decode(before.partition(b"(")[2]),
        command=_command(folder),
        directory=_directory(folder),
    )


def _command(folder: str) -> tuple[str, ...]:
    # A program that gives itself a title leaves what follows it empty.
    words = read_text(f"{folder}/cmdline").rstrip("\0").split("\0")
    return tuple(words) if words != [""] else ()


def _directory(folder: str) -> str:
    try:
        return os.readlink(f"{folder}/cwd")
    except OSError:
        return ""


@cache
def _booted() -> float:
    """Return when the system started, which is the same for all who are asked about.

    The system reckons it from its clock, and gives another second when that is put right.
    """
    for line in read_bytes("/proc/stat").splitlines():
        if line.startswith(b"btime "):
            return float(line.split()[1])
    return 0.0


@cache
def _ticks() -> int:
    """Return how many of the system's ticks are a second."""
    return os.sysconf("SC_CLK_TCK")
