"""Locks of files for one run, from reading to writing.

The lock is on the real folder of a file (`flock(2)`), so it leaves no files, and the system
releases it when the process ends in any way.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Generator, Iterable

from port_registry.model import WriteError, system_reason

_LONGEST = 60.0
"""The number of seconds that a run waits for another."""
_SHORT, _LONG = 0.005, 0.05
"""The seconds between two attempts, at first and after a while."""

_UNSUPPORTED = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS)
"""The errors of file systems without locks; the check before each replacement remains."""


@contextlib.contextmanager
def hold_folders(paths: Iterable[str], display_path: str) -> Generator[frozenset[str]]:
    """Lock the folders of the files at `paths`, which are absolute, and yield the folders.

    For a link, its own folder and that of its target are locked. `display_path` is the path in
    an error. Raises `WriteError` where another run holds a lock for more than a minute, or a
    folder cannot be opened.
    """
    folders = {os.path.dirname(path) for path in paths}
    folders |= {os.path.realpath(folder) for folder in folders}
    folders |= {os.path.dirname(os.path.realpath(path)) for path in paths}
    real_folders = sorted({os.path.realpath(folder) for folder in folders})
    with _all_held(real_folders, display_path):
        yield frozenset(real_folders)


def _all_held(folders: list[str], display_path: str) -> contextlib.ExitStack:
    """Lock all of `folders`.

    Where another run has locked one, the others are released before the next attempt, so that
    two runs never wait for each other.
    """
    deadline = time.monotonic() + _LONGEST
    pause = _SHORT
    while True:
        with contextlib.ExitStack() as stack:
            if all(_is_held(stack, folder, display_path) for folder in folders):
                return stack.pop_all()
        if time.monotonic() > deadline:
            raise WriteError(
                f"was locked by another run for more than {_LONGEST:.0f} seconds",
                path=display_path,
                hint="wait for that run or stop it, and run the command again",
            )
        # With a random part, or one run may never find the folders unlocked.
        time.sleep(pause * (0.5 + os.urandom(1)[0] / 256))
        pause = min(pause * 1.5, _LONG)


def _is_held(stack: contextlib.ExitStack, folder: str, display_path: str) -> bool:
    """Lock `folder` until `stack` is closed; return whether no other run has locked it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise WriteError(
            f"its folder cannot be opened: {system_reason(error)}", path=display_path
        ) from error
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise WriteError(
                f"cannot be locked: {system_reason(error)}", path=display_path
            ) from error
    return True
