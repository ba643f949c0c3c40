"""Facts of a process from Linux's `/proc` (proc_pid_stat(5), proc_pid_cmdline(5))."""

import os
from functools import cache

from port_registry.model import Process
from port_registry.system.procfs import decode, read_bytes, read_text
from port_registry.system.users import user_name

_PARENT, _STARTED = 1, 19
"""Columns of `stat` after the name: fields 4 and 22."""


def describe(pid: int) -> Process | None:
    """Return the visible facts of the process `pid`; None where it has ended."""
    folder = f"/proc/{pid}"
    try:
        stat = read_bytes(f"{folder}/stat")
        # The folder itself belongs to the user of the process, unlike what is in it.
        uid = os.stat(folder).st_uid
    except OSError:
        return None
    # The name, in parentheses, may hold anything.
    before, _, after = stat.rpartition(b")")
    columns = after.split()
    return Process(
        pid=pid,
        started=_boot_time() + int(columns[_STARTED]) / _ticks_per_second(),
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
def _boot_time() -> float:
    """Return when the system started, the same for every process.

    The system computes it from its clock, and gives another second when that is set.
    """
    for line in read_bytes("/proc/stat").splitlines():
        if line.startswith(b"btime "):
            return float(line.split()[1])
    return 0.0


@cache
def _ticks_per_second() -> int:
    """Return the number of clock ticks per second."""
    return os.sysconf("SC_CLK_TCK")
