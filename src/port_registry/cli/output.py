"""The two streams that answers go to, whatever state they are in."""

import os
import sys
from typing import TextIO

from port_registry.cli.result import CANNOT_WORK, CommandResult


def put(answer: CommandResult) -> int:
    """Print, and return the status; a reader who has gone away does not change it."""
    try:
        _put(sys.stderr, answer.err)
        _put(sys.stdout, answer.out)
    except OSError as error:
        with_reason = f"error: the output cannot be written: {str(error.strerror).lower()}\n"
        _silence(sys.stdout)
        try:
            _put(sys.stderr, with_reason)
        except OSError:
            _silence(sys.stderr)
        return CANNOT_WORK
    return answer.status


def _put(stream: TextIO | None, text: str) -> None:
    """Write `text`, and let out what stands in the stream's buffer already."""
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
        _silence(stream)


def _silence(stream: TextIO | None) -> None:
    """Lead `stream` to nowhere, so that the interpreter's last flush cannot fail."""
    if stream is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
