"""Files written so that no moment shows half of one.

The new text goes to a file beside the old one, is forced to disk, and takes the old one's
name in one step; whoever reads meanwhile sees the one or the other.
"""

import contextlib
import os
import signal
import stat
from collections.abc import Callable, Generator, Iterable
from typing import NamedTuple

from port_registry.model import SourceError, WriteError, system_reason
from port_registry.project.files import read_bytes
from port_registry.project.lock import hold_folders
from port_registry.project.temporary_files import flush_to_disk, staged, sweep


class Rewrite(NamedTuple):
    """One file to write."""

    path: str
    """The path to show."""
    real_path: str
    """The file itself, absolute and with links resolved."""
    before: str
    """The text that it must still have."""
    after: str
    """The text that it gets."""


NO_FOLDERS: frozenset[str] = frozenset()


def write_all(rewrites: Iterable[Rewrite], held: frozenset[str] = NO_FOLDERS) -> None:
    """Write every file of `rewrites` in their order, or none, keeping mode and owner.

    `held` are the folders that `lock.holding` gave to this run.

    Before the first file is replaced, every new text is on disk, every folder is held and
    every file was found to be what it was when it was read. Raises `WriteError` where one is
    not, or cannot be written; what was replaced by then gets its old text back. An interrupt
    is heeded until then, and no more afterwards. A process that is killed leaves each file
    either wholly replaced or wholly as it was.
    """
    with _in_whole_steps() as step, contextlib.ExitStack() as stack:
        staged: list[tuple[Rewrite, str]] = []
        for rewrite in rewrites:
            step()
            staged.append((rewrite, stack.enter_context(_staged(rewrite))))
        # Two runs at once must not both find the old text and then both replace it.
        free = [one for one, _ in staged if os.path.dirname(one.real_path) not in held]
        if free:
            with _blaming(free[0].path):
                stack.enter_context(hold_folders([one.real_path for one in free], free[0].path))
        for rewrite, _ in staged:
            _refuse_changed(rewrite)
        for folder in {os.path.dirname(rewrite.real_path) for rewrite, _ in staged}:
            sweep(folder)
        step()
        _replace_all(staged)


def _replace_all(staged: Iterable[tuple[Rewrite, str]]) -> None:
    """Put every staged file in its place; where one cannot be, put back the others."""
    done: list[Rewrite] = []
    try:
        for rewrite, temporary in staged:
            with _blaming(rewrite.path):
                _replace(rewrite, temporary)
            done.append(rewrite)
    except WriteError:
        for rewrite in done:
            with contextlib.suppress(WriteError):
                back = rewrite._replace(before=rewrite.after, after=rewrite.before)
                with _staged(back) as temporary, _blaming(back.path):
                    _replace(back, temporary)
        raise


def create(path: str, shown: str, text: str) -> None:
    """Write a file that is not there yet, and that people know as `shown`.

    Raises `WriteError` where that cannot be done.
    """
    data = text.encode("utf-8")
    with _blaming(shown), staged(os.path.dirname(path), data, 0o666) as temporary:
        flush_to_disk(temporary)
        os.replace(temporary, path)


@contextlib.contextmanager
def _in_whole_steps() -> Generator[Callable[[], None]]:
    """Hold signals back, so that none comes between a file and its being taken away again.

    Gives what is to be called between two steps: it raises `KeyboardInterrupt` where a
    signal waits that would have done so.
    """
    asking = {number for number in _ASKING if callable(signal.getsignal(number))}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, asking)

    def step() -> None:
        if asking & signal.sigpending():
            raise KeyboardInterrupt

    try:
        yield step
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask for the end, where the program listens to them."""


@contextlib.contextmanager
def _staged(rewrite: Rewrite) -> Generator[str]:
    """Give the path of a file beside the real one that holds the new text."""
    effective = os.access in os.supports_effective_ids
    if not os.access(rewrite.real_path, os.W_OK, effective_ids=effective):
        raise WriteError("cannot be written: it is read-only", path=rewrite.path)
    if not os.access(
        os.path.dirname(rewrite.real_path), os.W_OK | os.X_OK, effective_ids=effective
    ):
        raise WriteError("cannot be written: its folder is read-only", path=rewrite.path)
    with contextlib.ExitStack() as stack:
        with _blaming(rewrite.path):
            folder, data = os.path.dirname(rewrite.real_path), rewrite.after.encode("utf-8")
            temporary = stack.enter_context(staged(folder, data, 0o600))
            flush_to_disk(temporary)
            _copy_ownership(rewrite.real_path, temporary)
        yield temporary


@contextlib.contextmanager
def _blaming(shown: str) -> Generator[None]:
    """Turn what the system refuses into a `WriteError` of the file `shown`."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"cannot be written: {system_reason(error)}", path=shown) from error


def _copy_ownership(path: str, temporary: str) -> None:
    """Give the file at `temporary` the owner and the mode of that at `path`."""
    own, status = os.stat(temporary), os.stat(path)
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        os.chown(temporary, status.st_uid, status.st_gid)
    os.chmod(temporary, stat.S_IMODE(status.st_mode))


def _replace(rewrite: Rewrite, temporary: str) -> None:
    """Put the file at `temporary` in place of the real one, if that is still what was read."""
    _refuse_changed(rewrite)
    os.replace(temporary, rewrite.real_path)
    with contextlib.suppress(OSError):
        flush_to_disk(os.path.dirname(rewrite.real_path))


def _refuse_changed(rewrite: Rewrite) -> None:
    """Raise `WriteError` where a file is no longer what was read."""
    if _bytes_now(rewrite) != rewrite.before.encode("utf-8"):
        raise WriteError(
            "was changed since it was read, and is left as it is",
            path=rewrite.path,
            hint="run the command again",
        )


def _bytes_now(rewrite: Rewrite) -> bytes:
    try:
        return read_bytes(rewrite.real_path)
    except SourceError as error:
        raise WriteError(f"cannot be written: {error.message}", path=rewrite.path) from error
