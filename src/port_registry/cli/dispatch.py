"""Run of one command: parse, execute, print, and turn every failure into an exit status."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

from port_registry.cli import result
from port_registry.cli.parser import HelpRequestedError, parse
from port_registry.model import PluginError, PortRegistryError
from port_registry.output.terminal import ColourChoice, bug_text, error_text, screen_of

_TERMINATION_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""The signals that end a program at once, where SIGINT raises `KeyboardInterrupt` already."""


def dispatch(command_line: list[str]) -> int:
    """Run the command that `command_line` names, and return the exit status.

    Raises `KeyboardInterrupt` on SIGINT, SIGTERM and SIGHUP.
    """
    with interruptible():
        return result.write_result(_execute(command_line))


@contextmanager
def interruptible() -> Generator[None]:
    """Let a signal that ends the program raise `KeyboardInterrupt`; ignored ones stay ignored.

    For the main thread only: Python handles signals nowhere else.
    """
    changed = [
        number for number in _TERMINATION_SIGNALS if signal.getsignal(number) is signal.SIG_DFL
    ]
    for number in changed:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


def _execute(command_line: list[str]) -> result.CommandResult:
    try:
        parsed = parse(command_line)
        return parsed.command.run(parsed.arguments)
    except HelpRequestedError as help_requested:
        return result.CommandResult(result.CLEAN, str(help_requested))
    except PortRegistryError as error:
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        traceback = result.traceback_of(error) if isinstance(error, PluginError) else ""
        return result.CommandResult(result.CANNOT_WORK, "", traceback + error_text(error, screen))
    except Exception as error:
        if _is_caused_by_interrupt(error):
            raise KeyboardInterrupt from error
        screen = screen_of(sys.stderr, ColourChoice.AUTO)
        return result.CommandResult(
            result.BUG, "", result.traceback_of(error) + bug_text(error, screen)
        )


def _is_caused_by_interrupt(error: BaseException) -> bool:
    """Return whether an interrupt caused `error`, as when it meets argparse's clean-up."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__context__
    return cause is not None
