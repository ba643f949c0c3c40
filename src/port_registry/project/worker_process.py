"""Start of a worker process that reads Nix files for this one.

On Linux it is forked if this process has a single thread: all modules are imported then, and
share their memory. A fork is unsafe with threads, and on macOS even without; a new process is
started there, which takes twenty times as long.
"""

import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Iterable
from typing import NoReturn

from port_registry.project.worker import Batch, serve

_FIRST_FREE = 3
"""The first descriptor that is not a standard stream."""

_THREADS = "/proc/self/task"
"""The folder with an item for each thread of this process (Linux)."""

_INTERRUPTS = (signal.SIGINT,)
"""An interrupt from the terminal reaches all processes, but only the first must handle it."""

_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from port_registry.project.worker import main; main()"
)


class WorkerProcess:
    """A process that reads files, with its present batch."""

    __slots__ = ("batch", "pid", "sink", "source")

    def __init__(self, pid: int, sink: int, source: int) -> None:
        self.pid = pid
        self.sink = sink
        """The descriptor for batches."""
        self.source = source
        """The descriptor for its answers."""
        self.batch: Batch = ()

    def close(self) -> None:
        """Close this process's ends of the pipes."""
        for descriptor in (self.sink, self.source):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def end(self) -> None:
        """Kill the process, and wait for its end."""
        self.close()
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)


def start_worker(others: Iterable[WorkerProcess]) -> WorkerProcess:
    """Start a worker, which closes the pipes of `others`; raises `OSError`."""
    batches, sink = _pipe()
    source, answers = _pipe()
    worker = WorkerProcess(0, sink, source)
    try:
        if _may_fork():
            worker.pid = _fork(batches, answers, (worker, *others))
        else:
            worker.pid = _spawn(batches, answers)
    except OSError:
        worker.close()
        raise
    finally:
        os.close(batches)
        os.close(answers)
    return worker


def _may_fork() -> bool:
    """Return whether a fork is safe: this process has a single thread."""
    try:
        return sys.platform == "linux" and len(os.listdir(_THREADS)) == 1
    except OSError:
        return False


def _fork(batches: int, answers: int, inherited: Iterable[WorkerProcess]) -> int:
    """Return the pid of a fork of this process, which serves until `batches` ends."""
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        pid = os.fork()
        if pid == 0:
            _serve_forked(batches, answers, inherited)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)
    return pid


def _serve_forked(batches: int, answers: int, inherited: Iterable[WorkerProcess]) -> NoReturn:
    """Serve in a forked process, and end it without running the clean-up of its parent."""
    status = 1
    try:
        import gc

        gc.disable()
        for worker in inherited:
            worker.close()
        serve(batches, answers)
        status = 0
    finally:
        os._exit(status)


def _spawn(batches: int, answers: int) -> int:
    """Return the pid of a new process of this interpreter, which serves until `batches` ends."""
    if not sys.executable:
        raise FileNotFoundError
    return os.posix_spawn(
        sys.executable,
        _command(),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, batches, 0), (os.POSIX_SPAWN_DUP2, answers, 1)],
        setsigmask=_INTERRUPTS,
    )


def _command() -> list[str]:
    """Return the command of a worker, with the module search path of this process."""
    options = ["-I", "-S"]
    if sys.dont_write_bytecode:
        options.append("-B")
    paths = [os.path.abspath(path or os.curdir) for path in sys.path]
    return [sys.executable, *options, "-c", _START, *paths]


def _pipe() -> tuple[int, int]:
    """Return the two ends of a pipe, neither of which has the number of a standard stream."""
    ends = os.pipe()
    try:
        read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for end in ends)
    finally:
        for end in ends:
            os.close(end)
    return read, write
