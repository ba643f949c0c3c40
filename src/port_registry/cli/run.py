"""A command's whole way: parse, run, print, and turn every failure into a status."""

import os
import sys

from port_registry.cli.output import put
from port_registry.cli.parser import HelpAskedError, parse
from port_registry.cli.result import BUG, CANNOT_WORK, CLEAN, CommandResult
from port_registry.model.errors import PortRegistryError
from port_registry.output.terminal import ColourChoice, screen_of
from port_registry.output.text.failure import bug, failure


def run(arguments: list[str]) -> int:
    """Run the command that `arguments` give, and return the exit status."""
    try:
        asked = parse(arguments)
        answer = asked.command.run(asked.given)
    except HelpAskedError as asked:
        answer = CommandResult(CLEAN, str(asked))
    except PortRegistryError as error:
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        answer = CommandResult(CANNOT_WORK, "", failure(error, screen))
    except Exception as error:
        if _hides_interrupt(error):
            raise KeyboardInterrupt from error
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        answer = CommandResult(BUG, "", _traceback() + bug(error, screen))
    return put(answer)


def _hides_interrupt(error: BaseException) -> bool:
    """Return whether an error came of an interrupt, as argparse's of one in its tidying up does."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__context__
    return cause is not None


def _traceback() -> str:
    if not os.environ.get("PORT_REGISTRY_DEBUG"):
        return ""
    from traceback import format_exc

    return format_exc()
