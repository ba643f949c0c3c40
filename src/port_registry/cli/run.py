"""A command's whole way: parse, run, print, and turn every failure into a status."""

import os
import sys
from typing import TextIO

from port_registry.cli.answer import BUG, CANNOT_WORK, CLEAN, Answer
from port_registry.cli.parser import CheckOptions, ExplainOptions, HelpAskedError, parse
from port_registry.model.errors import PortRegistryError
from port_registry.report.failure import bug, failure
from port_registry.report.screen import ColourChoice, screen_of


def run(arguments: list[str]) -> int:
    """Run the command that `arguments` give, and return the exit status."""
    try:
        answer = _answer(arguments)
    except HelpAskedError as asked:
        answer = Answer(CLEAN, str(asked))
    except PortRegistryError as error:
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        answer = Answer(CANNOT_WORK, "", failure(error, screen))
    except Exception as error:
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        answer = Answer(BUG, "", _traceback() + bug(error, screen))
    return _print(answer)


def _answer(arguments: list[str]) -> Answer:
    options = parse(arguments)
    if isinstance(options, CheckOptions):
        from port_registry.cli import check

        return check.run(options)
    if isinstance(options, ExplainOptions):
        from port_registry.cli import explain

        return explain.run(options)
    from port_registry.cli import listing

    return listing.run(options)


def _traceback() -> str:
    if not os.environ.get("PORT_REGISTRY_DEBUG"):
        return ""
    from traceback import format_exc

    return format_exc()


def _print(answer: Answer) -> int:
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
    if stream is None or not text:
        return
    try:
        try:
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
