"""Another program, run with a limit on its time and on what it says."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import NamedTuple

_MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 1 << 16


class CompletedRun(NamedTuple):
    """How a program ended."""

    status: int
    """The exit status; negative for a signal."""
    output: bytes
    errors: bytes


class LimitExceededError(Exception):
    """The program took too long or said too much, and was ended."""


def run(command: Sequence[str], seconds: float) -> CompletedRun:
    """Run `command` with no input, for at most `seconds`.

    It has a process group of its own, which is ended with it. Raises `LimitExceededError` where a
    limit is reached, and `OSError` where it cannot be started.
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
    """Read what `process` says until it has closed both of its outputs."""
    taken: dict[int, list[bytes]] = {}
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                taken[pipe.fileno()] = []
                selector.register(pipe.fileno(), selectors.EVENT_READ)
        total = 0
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise LimitExceededError("it took too long")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                total += len(chunk)
                if not chunk:
                    selector.unregister(key.fd)
                taken[key.fd].append(chunk)
            if total > _MOST_BYTES:
                raise LimitExceededError("it said too much")
    output, errors = (b"".join(chunks) for chunks in taken.values())
    return output, errors
