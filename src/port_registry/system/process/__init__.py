"""Processes of this machine: their facts, and handles with which no other one can be signalled.

Facts are those of Linux's own tables (proc_pid(5)), and a handle is a file descriptor of the
process (pidfd_open(2)); elsewhere psutil is asked, which compares the time of the start.
"""

import os
import signal
import sys
from collections.abc import Mapping
from typing import NoReturn, Protocol

from port_registry.model import Process
from port_registry.system import procfs

_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""The signals that Python ignores, and that the other program would ignore, too."""


class ProcessHandle(Protocol):
    """A handle on one process, whatever becomes of its pid."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal.

        Raises `ProcessLookupError` where the process has ended, `PermissionError` where this
        user may not signal it.
        """
        ...

    def has_ended(self, patience: float) -> bool:
        """Return whether the process has ended, or does within `patience` seconds.

        A zombie, whose parent did not wait for it yet, has ended.
        """
        ...

    def release(self) -> None:
        """Close the handle."""
        ...


def describe(pid: int) -> Process | None:
    """Return the visible facts of the process `pid`; None where it has ended."""
    if sys.platform != "linux":
        from port_registry.system.process import portable

        return portable.describe(pid)
    return procfs.describe(pid)


def open_handle(pid: int) -> ProcessHandle | None:
    """Return a handle on the process that is `pid` in `/proc`; None where there cannot be one."""
    if sys.platform == "linux":
        from port_registry.system.process import pidfd

        try:
            return pidfd.open_handle(pid)
        except OSError:
            # A kernel before 5.3, a sandbox that forbids the call, or no free descriptor.
            if os.readlink("/proc/self") != str(os.getpid()):
                return None
    from port_registry.system.process import portable

    return portable.open_handle(pid)


def own_ancestry() -> frozenset[int]:
    """Return the pids of this process and of its ancestors."""
    if sys.platform == "linux":
        ancestors = procfs.ancestor_pids(os.getpid())
    else:
        from port_registry.system.process import portable

        ancestors = portable.ancestor_pids()
    return frozenset((os.getpid(), os.getppid(), *ancestors))


def replace_process(command: tuple[str, ...], environment: Mapping[str, str]) -> NoReturn:
    """Run `command` in place of this program, found in the `PATH` of `environment`.

    Raises `OSError` where it cannot be run, and `ValueError` where no system could.
    """
    handlers = {number: signal.getsignal(number) for number in _IGNORED_BY_PYTHON}
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
