"""Processes in Linux's `/proc` (proc(5)), and the reading of its files."""

import os
from functools import cache

from port_registry.model import Process
from port_registry.system.host import user_name

_PARENT, _STARTED = 1, 19
"""Columns of `stat` after the name: fields 4 and 22 (proc_pid_stat(5))."""

_MAX_ANCESTORS = 64


def read_bytes(path: str) -> bytes:
    """Return the content of a file of `/proc`; raises `OSError`.

    There may be thousands to read, and a file object takes longer than the reading.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = bytearray()
        while chunk := os.read(file, 1 << 16):
            content += chunk
        return bytes(content)
    finally:
        os.close(file)


def read_text(path: str) -> str:
    """Return the text of a file of `/proc`; empty where it is gone, or may not be read.

    It may be of any encoding, or of none.
    """
    try:
        return read_bytes(path).decode("utf-8", "replace")
    except OSError:
        return ""


def describe(pid: int) -> Process | None:
    """Return the visible facts of the process `pid`; None where it has ended."""
    folder = f"/proc/{pid}"
    try:
        name, columns = _stat(pid)
        # The folder itself belongs to the user of the process, unlike what is in it.
        uid = os.stat(folder).st_uid
    except OSError:
        return None
    try:
        directory = os.readlink(f"{folder}/cwd")
    except OSError:
        directory = ""
    # A program that gives itself a title leaves what follows it empty.
    command = read_text(f"{folder}/cmdline").rstrip("\0")
    return Process(
        pid=pid,
        started=_boot_time() + int(columns[_STARTED]) / os.sysconf("SC_CLK_TCK"),
        parent=int(columns[_PARENT]),
        user=user_name(uid),
        name=name,
        command=tuple(command.split("\0")) if command else (),
        directory=directory,
    )


def _stat(pid: int) -> tuple[str, list[bytes]]:
    """Return the name of a process, and what its `stat` says after it; raises `OSError`."""
    # The name, in parentheses, may hold anything.
    before, _, after = read_bytes(f"/proc/{pid}/stat").rpartition(b")")
    return before.partition(b"(")[2].decode("utf-8", "replace"), after.split()


@cache
def _boot_time() -> float:
    """Return when the system started, the same for every process.

    The system computes it from its clock, and gives another second when that is set.
    """
    for line in read_bytes("/proc/stat").splitlines():
        if line.startswith(b"btime "):
            return float(line.split()[1])
    return 0.0


def ancestor_pids(pid: int) -> tuple[int, ...]:
    """Return the pids of the process's ancestors, its parent first."""
    pids: list[int] = []
    while len(pids) < _MAX_ANCESTORS:
        try:
            pid = int(_stat(pid)[1][_PARENT])
        except OSError:
            break
        if pid <= 0 or pid in pids:
            break
        pids.append(pid)
    return tuple(pids)


def process_name(pid: int) -> str:
    """Return the name of the process; empty where there is none."""
    return read_text(f"/proc/{pid}/comm").rstrip("\n")
