"""Handle by the pid and the start time of a process, which psutil compares."""

import errno
import signal
import time

import psutil

_PAUSE = 0.02
"""Seconds between two checks whether it has ended."""


class PsutilHandle:
    """A handle on one process, by its pid and start time."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        try:
            self._process.send_signal(number)
        except psutil.NoSuchProcess as error:
            raise ProcessLookupError(errno.ESRCH, "it has ended") from error
        except psutil.AccessDenied as error:
            raise PermissionError(errno.EPERM, "not permitted") from error

    def has_ended(self, patience: float) -> bool:
        """Return whether the process has ended, or does within `patience` seconds."""
        deadline = time.monotonic() + patience
        while self._is_running():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        return True

    def release(self) -> None:
        """Close the handle; there is nothing to close."""

    def _is_running(self) -> bool:
        try:
            status = self._process.status()
            return self._process.is_running() and status != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def open_handle(pid: int) -> PsutilHandle | None:
    """Return a handle on the process `pid`; None where there is none."""
    try:
        return PsutilHandle(psutil.Process(pid))
    except psutil.Error:
        return None
