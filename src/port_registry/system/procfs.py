"""Files of Linux's `/proc` (proc(5))."""

import os

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


def decode(data: bytes) -> str:
    """Return `data` as text; it may be of any encoding, or of none."""
    return data.decode("utf-8", "replace")


def read_text(path: str) -> str:
    """Return the text of a file of `/proc`; empty where it is gone, or may not be read."""
    try:
        return decode(read_bytes(path))
    except OSError:
        return ""


def ancestor_pids(pid: int) -> tuple[int, ...]:
    """Return the pids of the process's ancestors, its parent first."""
    pids: list[int] = []
    while len(pids) < _MAX_ANCESTORS:
        pid = _parent(pid)
        if pid <= 0 or pid in pids:
            break
        pids.append(pid)
    return tuple(pids)


def process_name(pid: int) -> str:
    """Return the name of the process; empty where there is none."""
    return read_text(f"/proc/{pid}/comm").rstrip("\n")


def _parent(pid: int) -> int:
    # The name, in parentheses, may hold anything (proc_pid_stat(5)).
    _, _, rest = read_text(f"/proc/{pid}/stat").rpartition(")")
    columns = rest.split()
    return int(columns[1]) if len(columns) > 1 else 0
