"""Ending a process, and never another one that gets its number.

Linux gives a file descriptor that stands for the process (pidfd_open(2)); elsewhere psutil
compares the moment of its start.
"""

import os
import signal
import sys
from typing import Protocol

from port_registry.system.procfs import ancestor_pids


class ProcessHandle(Protocol):
    """A hold on one process: whatever becomes of its number, no other one is meant."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal.

        Raises `ProcessLookupError` where the process has ended, `PermissionError` where this
        user may not.
        """
        ...

    def has_ended(self, patience: float) -> bool:
        """Return whether the process has ended, or does within `patience` seconds.

        One that has ended and that its parent did not ask after yet, a zombie, has ended.
        """
        ...

    def release(self) -> None:
        """Let go; the grip is of no use afterwards."""
        ...


def open_handle(pid: int) -> ProcessHandle | None:
    """Take hold of the process that `/proc` calls `pid`; None where that cannot be done."""
    if sys.platform == "linux":
        from port_registry.system.process_handle import pidfd

        try:
            return pidfd.open_handle(pid)
        except OSError:
            # A kernel before 5.3, a sandbox that forbids the call, no descriptor to spare.
            if os.readlink("/proc/self") != str(os.getpid()):
                return None
    from port_registry.system.process_handle import portable

    return portable.open_handle(pid)


def own_ancestry() -> frozenset[int]:
    """Return the pids of this process and of all those that it runs in."""
    mine = (os.getpid(), os.getppid())
    if sys.platform != "linux":
        import psutil

        try:
            above = [one.pid for one in psutil.Process().parents()]
        except psutil.Error:
            above = []
        return frozenset((*mine, *above))
    return frozenset((*mine, *ancestor_pids(os.getpid())))
