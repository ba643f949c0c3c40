"""Files held for one run alone, from reading to writing.

The lock is on the folder that a file is really in (`flock(2)`), so nothing is left behind,
and the system lets go of it when the process ends, however it ends.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Generator, Iterable

from port_registry.model import WriteError, system_reason

_LONGEST = 60.0
"""How many seconds a run waits for another."""
_SHORT, _LONG = 0.005, 0.05
"""How many seconds pass before it looks again, at first and after a while."""

_UNSUPPORTED = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS)
"""What file systems without locks answer; the check before each replacement stays."""


@contextlib.contextmanager
def hold_folders(paths: Iterable[str], show: str) -> Generator[frozenset[str]]:
    """Hold the folders of the files at `paths`, which are absolute, and give the folders.

    A link is held where it stands and where it leads. `show` is the path to name in an
    error. Raises `WriteError` where another run does not let go within a minute, or a
    folder cannot be opened.
    """
    folders = {os.path.dirname(path) for path in paths}
    folders |= {os.path.realpath(folder) for folder in folders}
    folders |= {os.path.dirname(os.path.realpath(path)) for path in paths}
    real = sorted({os.path.realpath(folder) for folder in folders})
    with _all_held(real, show):
        yield frozenset(real)


def _all_held(folders: list[str], show: str) -> contextlib.ExitStack:
    """Hold all of `folders`.

    Where another run has one, the others are let go before they are asked for again: two
    runs never wait for each other.
    """
    until = time.monotonic() + _LONGEST
    pause = _SHORT
    while True:
        with contextlib.ExitStack() as stack:
            if all(_is_held(stack, folder, show) for folder in folders):
                return stack.pop_all()
        if time.monotonic() > until:
            raise WriteError(
                f"is held by another run for more than {_LONGEST:.0f} seconds",
                path=show,
                hint="end that run, or wait for it, and run the command again",
            )
        # Not all at the same moments, or one may never find it free.
        time.sleep(pause * (0.5 + os.urandom(1)[0] / 256))
        pause = min(pause * 1.5, _LONG)


def _is_held(stack: contextlib.ExitStack, folder: str, show: str) -> bool:
    """Hold `folder` until `stack` is closed; tell whether no other run has it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise WriteError(
            f"its folder cannot be opened: {system_reason(error)}", path=show
        ) from error
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise WriteError(f"cannot be locked: {system_reason(error)}", path=show) from error
    return True
