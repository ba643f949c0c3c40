"""Handle on a process, with which no other process that gets its pid can be signalled.

On Linux it is a file descriptor of the process (pidfd_open(2)); elsewhere psutil compares the
time of its start.
"""

import os
import signal
import sys
from typing import Protocol

from port_registry.system.procfs import ancestor_pids


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


def open_handle(pid: int) -> ProcessHandle | None:
    """Return a handle on the process that is `pid` in `/proc`; None where there cannot be one."""
    if sys.platform == "linux":
        from port_registry.system.process_handle import pidfd

        try:
            return pidfd.open_handle(pid)
        except OSError:
            # A kernel before 5.3, a sandbox that forbids the call, or no free descriptor.
            if os.readlink("/proc/self") != str(os.getpid()):
                return None
    from port_registry.system.process_handle import portable

    return portable.open_handle(pid)


def own_ancestry() -> frozenset[int]:
    """Return the pids of this process and of its ancestors."""
    own_pids = (os.getpid(), os.getppid())
    if sys.platform != "linux":
        import psutil

        try:
            ancestors = [process.pid for process in psutil.Process().parents()]
        except psutil.Error:
            ancestors = []
        return frozenset((*own_pids, *ancestors))
    return frozenset((*own_pids, *ancestor_pids(os.getpid())))
