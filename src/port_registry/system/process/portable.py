"""Processes from psutil, for systems other than Linux and for kernels without pidfd_open(2)."""

import contextlib
import errno
import signal
import time

import psutil

from port_registry.model import Process

_PAUSE = 0.02
"""Seconds between two checks whether a process has ended."""


def describe(pid: int) -> Process | None:
    """Return the visible facts of the process `pid`; None where it has ended."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            return _described(process)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _described(process: psutil.Process) -> Process:
    command: tuple[str, ...] = ()
    directory = user = ""
    with contextlib.suppress(psutil.AccessDenied, psutil.ZombieProcess):
        user = process.username()
    with contextlib.suppress(psutil.AccessDenied, psutil.ZombieProcess):
        command = tuple(process.cmdline())
    with contextlib.suppress(psutil.AccessDenied, psutil.ZombieProcess):
        directory = process.cwd()
    return Process(
        pid=process.pid,
        started=process.create_time(),
        parent=process.ppid(),
        user=user,
        name=process.name(),
        command=command,
        directory=directory,
    )


def ancestor_pids() -> tuple[int, ...]:
    """Return the pids of the ancestors of this process; none where they are not visible."""
    try:
        return tuple(process.pid for process in psutil.Process().parents())
    except psutil.Error:
        return ()


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
