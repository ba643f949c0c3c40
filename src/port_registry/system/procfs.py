"""What Linux tells of processes in its files (proc(5))."""

import os

_MOST_ANCESTORS = 64


def read_bytes(path: str) -> bytes:
    """Return what stands in a file of `/proc`; raises `OSError`.

    It may be one of thousands, and a file object takes longer than the reading.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = bytearray()
        while data := os.read(file, 1 << 16):
            found += data
        return bytes(found)
    finally:
        os.close(file)


def decode(data: bytes) -> str:
    """Return what the system tells as text; it may be of any encoding, or none."""
    return data.decode("utf-8", "replace")


def read_text(path: str) -> str:
    """Return what stands in a file of `/proc`; nothing where it is gone, or not to be seen."""
    try:
        return decode(read_bytes(path))
    except OSError:
        return ""


def ancestor_pids(pid: int) -> tuple[int, ...]:
    """Return the pids of the process's parent, that one's parent, and so on."""
    found: list[int] = []
    while len(found) < _MOST_ANCESTORS:
        pid = _parent(pid)
        if pid <= 0 or pid in found:
            break
        found.append(pid)
    return tuple(found)


def process_name(pid: int) -> str:
    """Return what the system calls the process; nothing where there is none."""
    return read_text(f"/proc/{pid}/comm").rstrip("\n")


def _parent(pid: int) -> int:
    # The name, in parentheses, may hold anything (proc_pid_stat(5)).
    _, _, rest = read_text(f"/proc/{pid}/stat").rpartition(")")
    columns = rest.split()
    return int(columns[1]) if len(columns) > 1 else 0
