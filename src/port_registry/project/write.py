"""Atomic writing of files.

The new text is written to a temporary file next to the old one, flushed to disk, and moved in
one step; other processes see either the old text or the new one.
"""

import contextlib
import os
import signal
import stat
from collections.abc import Callable, Generator, Iterable

from port_registry.model import NamedTuple, SourceError, WriteError, system_reason
from port_registry.project.files import read_bytes
from port_registry.project.lock import hold_folders
from port_registry.project.temporary_files import flush_to_disk, staged, sweep


class Rewrite(NamedTuple):
    """A file to write."""

    path: str
    """The path in messages."""
    real_path: str
    """The absolute path with links resolved."""
    before: str
    """The text that it must still have."""
    after: str
    """The new text."""


NO_FOLDERS: frozenset[str] = frozenset()


def write_all(rewrites: Iterable[Rewrite], locked_folders: frozenset[str] = NO_FOLDERS) -> None:
    """Write all files of `rewrites` in their order, or none, with the same mode and owner.

    `locked_folders` are the folders that `lock.hold_folders` has locked for this run.

    Before the first file is replaced, all new texts are on disk, all folders are locked and
    all files are unchanged since they were read. Raises `WriteError` where one has changed, or
    cannot be written; files that are already replaced get their old text back. An interrupt
    is obeyed until the first replacement. A killed process leaves each file either completely
    replaced or unchanged.
    """
    with _signals_blocked() as step, contextlib.ExitStack() as stack:
        staged: list[tuple[Rewrite, str]] = []
        for rewrite in rewrites:
            step()
            staged.append((rewrite, stack.enter_context(_staged(rewrite))))
        # Two runs must not both find the old text and then both replace it.
        unlocked = [
            rewrite
            for rewrite, _ in staged
            if os.path.dirname(rewrite.real_path) not in locked_folders
        ]
        if unlocked:
            with _write_errors(unlocked[0].path):
                stack.enter_context(
                    hold_folders([rewrite.real_path for rewrite in unlocked], unlocked[0].path)
                )
        for rewrite, _ in staged:
            _refuse_changed(rewrite)
        for folder in {os.path.dirname(rewrite.real_path) for rewrite, _ in staged}:
            sweep(folder)
        step()
        _replace_all(staged)


def _replace_all(staged: Iterable[tuple[Rewrite, str]]) -> None:
    """Move all staged files to their paths; where one fails, restore the others."""
    done: list[Rewrite] = []
    try:
        for rewrite, temporary in staged:
            with _write_errors(rewrite.path):
                _replace(rewrite, temporary)
            done.append(rewrite)
    except WriteError:
        for rewrite in done:
            with contextlib.suppress(WriteError):
                back = rewrite._replace(before=rewrite.after, after=rewrite.before)
                with _staged(back) as temporary, _write_errors(back.path):
                    _replace(back, temporary)
        raise


def create(path: str, display_path: str, text: str) -> None:
    """Write a new file, which is shown as `display_path`; raises `WriteError`."""
    data = text.encode("utf-8")
    with _write_errors(display_path), staged(os.path.dirname(path), data, 0o666) as temporary:
        flush_to_disk(temporary)
        os.replace(temporary, path)


@contextlib.contextmanager
def _signals_blocked() -> Generator[Callable[[], None]]:
    """Block signals, so that none interrupts the replacement and clean-up of files.

    Yields a function to call between two steps: it raises `KeyboardInterrupt` where a signal
    is pending that would have done so.
    """
    blocked = {number for number in _TERMINATING if callable(signal.getsignal(number))}
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)

    def step() -> None:
        if blocked & signal.sigpending():
            raise KeyboardInterrupt

    try:
        yield step
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)


_TERMINATING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask the program to end, if it handles them."""


@contextlib.contextmanager
def _staged(rewrite: Rewrite) -> Generator[str]:
    """Yield the path of a temporary file next to the real one with the new text."""
    effective = os.access in os.supports_effective_ids
    if not os.access(rewrite.real_path, os.W_OK, effective_ids=effective):
        raise WriteError("cannot be written: it is read-only", path=rewrite.path)
    if not os.access(
        os.path.dirname(rewrite.real_path), os.W_OK | os.X_OK, effective_ids=effective
    ):
        raise WriteError("cannot be written: its folder is read-only", path=rewrite.path)
    with contextlib.ExitStack() as stack:
        with _write_errors(rewrite.path):
            folder, data = os.path.dirname(rewrite.real_path), rewrite.after.encode("utf-8")
            temporary = stack.enter_context(staged(folder, data, 0o600))
            flush_to_disk(temporary)
            _copy_ownership(rewrite.real_path, temporary)
        yield temporary


@contextlib.contextmanager
def _write_errors(display_path: str) -> Generator[None]:
    """Convert errors of the system to a `WriteError` of the file `display_path`."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"cannot be written: {system_reason(error)}", path=display_path) from error


def _copy_ownership(path: str, temporary: str) -> None:
    """Give the file at `temporary` the owner and the mode of that at `path`."""
    own, status = os.stat(temporary), os.stat(path)
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        os.chown(temporary, status.st_uid, status.st_gid)
    os.chmod(temporary, stat.S_IMODE(status.st_mode))


def _replace(rewrite: Rewrite, temporary: str) -> None:
    """Replace the real file by that at `temporary`, if it is unchanged since it was read."""
    _refuse_changed(rewrite)
    os.replace(temporary, rewrite.real_path)
    with contextlib.suppress(OSError):
        flush_to_disk(os.path.dirname(rewrite.real_path))


def _refuse_changed(rewrite: Rewrite) -> None:
    """Raise `WriteError` where a file has changed since it was read."""
    try:
        current = read_bytes(rewrite.real_path)
    except SourceError as error:
        raise WriteError(f"cannot be written: {error.message}", path=rewrite.path) from error
    if current != rewrite.before.encode("utf-8"):
        raise WriteError(
            "has changed since it was read, and was not written",
            path=rewrite.path,
            hint="run the command again",
        )
