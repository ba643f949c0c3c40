"""Facts of a process from psutil, for systems other than Linux."""

import contextlib

import psutil

from port_registry.model import Process


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
