"""The files in which new texts wait beside the ones that they replace.

A process that is killed leaves its own behind. Each is named after the system and the
process that made it, and when that started, so that a later run can tell that nobody waits
for it any more.
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
    """Give the path of a new file in `folder` that holds `data`, to be moved to its place.

    Afterwards it is gone from there, moved or not.
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
    """Wait until the file or folder at `path` is on disk as it is now."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: str, data: bytes) -> None:
    """Put a file of this user's own with `data` in the place of `path`, in one step."""
    with staged(os.path.dirname(path), data, 0o600) as temporary:
        os.replace(temporary, path)


def temporary_path(folder: str) -> str:
    """Return the path of a file in `folder` that nobody else writes."""
    maker = f"{_system()}-{os.getpid()}-{_started('self')}"
    return f"{folder}/{_PREFIX}{maker}-{os.urandom(4).hex()}"


def sweep(folder: str) -> None:
    """Remove from `folder` what dead processes left there."""
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith(_PREFIX) and _is_left(entry):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_left(entry: "os.DirEntry[str]") -> bool:
    """Return whether the process that made `entry` is dead.

    Of one on another machine, or in another container, that cannot be known: it is taken for
    dead after a day.
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
    # Another one may have its number by now.
    now = _started(number)
    return now != started and _UNKNOWN not in (now, started)


_UNKNOWN = "0"
_ENDED = "ended"
"""Of a process that its parent did not ask after yet: it keeps its number, and nothing else."""


def _started(process: str) -> str:
    """Return when a process started, in ticks of the system; `0` where nothing tells.

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
    """Return what tells processes apart that may have the same number: machine and container."""
    space = ""
    with contextlib.suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")
    return f"{crc32(f'{os.uname().nodename} {space}'.encode()):08x}"
