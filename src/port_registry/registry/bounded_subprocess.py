"""Subprocesses with a limit on time and output."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence

from port_registry.model import NamedTuple

_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 16


class CompletedRun(NamedTuple):
    """The result of a program that has ended."""

    status: int
    """The exit status; the negative number of a signal that ended it."""
    output: bytes
    errors: bytes


class LimitExceededError(Exception):
    """The program exceeded its limit on time or output and was killed."""


def run(command: Sequence[str], seconds: float) -> CompletedRun:
    """Run `command` with no input, for at most `seconds`.

    It gets a process group of its own, which is killed when it ends. Raises
    `LimitExceededError` where it exceeds a limit, and `OSError` where it cannot be started.
    """
    process = subprocess.Popen(  # the command is a list: no shell reads it
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = _drain(process, time.monotonic() + seconds)
        return CompletedRun(process.wait(), output, errors)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _drain(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[bytes, bytes]:
    """Return the output of `process` on both streams once it has closed them."""
    chunks: dict[int, list[bytes]] = {}
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                chunks[pipe.fileno()] = []
                selector.register(pipe.fileno(), selectors.EVENT_READ)
        total = 0
        while selector.get_map():
            seconds_left = deadline - time.monotonic()
            ready = selector.select(seconds_left) if seconds_left > 0 else []
            if not ready:
                raise LimitExceededError("it took too long")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                total += len(chunk)
                if not chunk:
                    selector.unregister(key.fd)
                chunks[key.fd].append(chunk)
            if total > _MOST_BYTES:
                raise LimitExceededError("its output was too long")
    output, errors = (b"".join(received) for received in chunks.values())
    return output, errors
