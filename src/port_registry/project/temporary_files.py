"""Temporary files for new texts, next to the files that they replace.

A killed process leaves its temporary files. Each is named after the system, the process and
its start time, so that a later run can recognise that its process has ended.
"""

import contextlib
import os
import time
from binascii import crc32
from collections.abc import Generator

_PREFIX = ".port-registry-"
_DAY = 24 * 60 * 60.0


@contextlib.contextmanager
def staged(folder: str, data: bytes, mode: int) -> Generator[str]:
    """Yield the path of a new file in `folder` with `data`, to be moved to its final path.

    It is removed afterwards if it was not moved.
    """
    path = temporary_path(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(path, flags, mode), "wb") as file:
            file.write(data)
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def flush_to_disk(path: str) -> None:
    """Wait until the present state of the file or folder at `path` is on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: str, data: bytes) -> None:
    """Replace the file at `path` atomically by a private one with `data`."""
    with staged(os.path.dirname(path), data, 0o600) as temporary:
        os.replace(temporary, path)


def temporary_path(folder: str) -> str:
    """Return a unique path in `folder` for a temporary file."""
    maker = f"{_system()}-{os.getpid()}-{_started('self')}"
    return f"{folder}/{_PREFIX}{maker}-{os.urandom(4).hex()}"


def sweep(folder: str) -> None:
    """Remove the temporary files of ended processes from `folder`."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and _is_left(entry):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_left(entry: "os.DirEntry[str]") -> bool:
    """Return whether the process that created `entry` has ended.

    For one on another machine, or in another container, that cannot be known: it counts as
    ended after a day.
    """
    system, _, rest = entry.name.removeprefix(_PREFIX).partition("-")
    number, _, since = rest.partition("-")
    started, _, mark = since.partition("-")
    if not (number.isascii() and number.isdigit() and started and mark):
        return False
    if not entry.is_file(follow_symlinks=False):
        return False
    if system != _system():
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _DAY
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    # Another process may have the same number now.
    now = _started(number)
    return now != started and _UNKNOWN not in (now, started)


_UNKNOWN = "0"
_ENDED = "ended"
"""The start time of a zombie, which still has its number."""


def _started(process: str) -> str:
    """Return when a process started, in ticks of the system; `0` where that is not known.

    On Linux that is column 22 of `/proc/PID/stat`, and column 3 its state, counted from 1
    (proc_pid_stat(5)).
    """
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            _, _, rest = file.read().rpartition(")")
    except OSError:
        return _UNKNOWN
    columns = rest.split()
    return _ENDED if columns[0] in "ZX" else columns[19]


def _system() -> str:
    """Return an identifier of the machine and container, for which process numbers are unique."""
    space = ""
    with contextlib.suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")
    return f"{crc32(f'{os.uname().nodename} {space}'.encode()):08x}"
