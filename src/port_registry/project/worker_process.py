"""The start of a process that reads Nix files for this one.

On Linux it is forked, where this process has a single thread: it then begins with every module
imported, and shares their memory. A fork is unsafe beside threads, and on macOS even without;
there a worker is started afresh, which takes twenty times as long.
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
"""The first descriptor that is no standard stream."""

_THREADS = "/proc/self/task"
"""The folder with an item for each thread of this process (Linux)."""

_INTERRUPTS = (signal.SIGINT,)
"""An interrupt from the terminal goes to every process: only the first shall act."""

_BEGIN = (
    "import sys; sys.path[:] = sys.argv[1:]; from port_registry.project.worker import main; main()"
)


class WorkerProcess:
    """A process that reads files, and the batch that it is at."""

    __slots__ = ("batch", "pid", "sink", "source")

    def __init__(self, pid: int, sink: int, source: int) -> None:
        self.pid = pid
        self.sink = sink
        """The descriptor that takes batches."""
        self.source = source
        """The descriptor that its answers come from."""
        self.batch: Batch = ()

    def close(self) -> None:
        """Close this process's ends of the pipes."""
        for descriptor in (self.sink, self.source):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def end(self) -> None:
        """End the process, whatever it is at, and wait until it is gone."""
        self.close()
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)


def start_worker(others: Iterable[WorkerProcess]) -> WorkerProcess:
    """Start a worker, which keeps none of the pipes of `others`.

    Raises `OSError` where that cannot be done.
    """
    theirs, sink = _pipe()
    source, answers = _pipe()
    worker = WorkerProcess(0, sink, source)
    try:
        if _may_fork():
            worker.pid = _fork(theirs, answers, (worker, *others))
        else:
            worker.pid = _spawn(theirs, answers)
    except OSError:
        worker.close()
        raise
    finally:
        os.close(theirs)
        os.close(answers)
    return worker


def _may_fork() -> bool:
    """Return whether a copy of this process would work: it has no thread but this one."""
    try:
        return sys.platform == "linux" and len(os.listdir(_THREADS)) == 1
    except OSError:
        return False


def _fork(theirs: int, answers: int, held: Iterable[WorkerProcess]) -> int:
    """Return the id of a copy of this process, which serves until `theirs` ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        pid = os.fork()
        if pid == 0:
            _serve_forked(theirs, answers, held)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _serve_forked(theirs: int, answers: int, held: Iterable[WorkerProcess]) -> NoReturn:
    """Serve in a process that was just forked, and end it without a trace of what it copied."""
    status = 1
    try:
        import gc

        gc.disable()
        for worker in held:
            worker.close()
        serve(theirs, answers)
        status = 0
    finally:
        os._exit(status)


def _spawn(theirs: int, answers: int) -> int:
    """Return the id of a new process of this interpreter, which serves until `theirs` ends."""
    if not sys.executable:
        raise FileNotFoundError
    return os.posix_spawn(
        sys.executable,
        _command(),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0), (os.POSIX_SPAWN_DUP2, answers, 1)],
        setsigmask=_INTERRUPTS,
    )


def _command() -> list[str]:
    """Return the command of a worker, which finds the modules where this process does."""
    options = ["-I", "-S"]
    if sys.dont_write_bytecode:
        options.append("-B")
    ways = [os.path.abspath(way or os.curdir) for way in sys.path]
    return [sys.executable, *options, "-c", _BEGIN, *ways]


def _pipe() -> tuple[int, int]:
    """Return the two ends of a pipe, neither of them a standard stream that was closed."""
    ends = os.pipe()
    try:
        read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for end in ends)
    finally:
        for end in ends:
            os.close(end)
    return read, write
