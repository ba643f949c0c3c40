"""Result of a command; printed only once it is complete."""

import os
import sys
from typing import TextIO

from port_registry.model import NamedTuple

CLEAN = 0
FINDINGS = 1
CANNOT_WORK = 2
BUG = 3
INTERRUPTED = 130
"""The status that shells report for a program ended by SIGINT: 128 + 2."""


class CommandResult(NamedTuple):
    """The texts to print, and the exit status."""

    status: int
    out: str
    """Text for standard output."""
    err: str = ""
    """Text for standard error."""


def traceback_of(error: Exception) -> str:
    """Return the traceback of `error`, where the environment asks for it; else an empty text."""
    if not os.environ.get("PORT_REGISTRY_DEBUG"):
        return ""
    from traceback import format_exception

    return "".join(format_exception(error))


def write_result(result: CommandResult) -> int:
    """Print `result` and return its status; a reader that has gone away does not change it."""
    try:
        _write(sys.stderr, result.err)
        _write(sys.stdout, result.out)
    except OSError as error:
        from port_registry.model import system_reason

        message = f"error: cannot write the output: {system_reason(error)}\n"
        _discard(sys.stdout)
        try:
            _write(sys.stderr, message)
        except OSError:
            _discard(sys.stderr)
        return CANNOT_WORK
    return result.status


def _write(stream: TextIO | None, text: str) -> None:
    """Write `text` to `stream`, and flush what its buffer holds already."""
    if stream is None:
        return
    try:
        try:
            if text:
                stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _discard(stream)


def _discard(stream: TextIO | None) -> None:
    """Redirect `stream` to the null device, so that the interpreter's last flush cannot fail."""
    if stream is not None:
        null_device = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null_device, stream.fileno())
        os.close(null_device)
