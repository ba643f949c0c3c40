"""A command's whole way: parse, run, print, and turn every failure into a status."""

import os
import sys

from port_registry.cli.answer import BUG, CANNOT_WORK, CLEAN, Answer
from port_registry.cli.output import put
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
    return put(answer)


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
