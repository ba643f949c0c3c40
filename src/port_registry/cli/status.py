"""`port-registry status`."""

import sys
from argparse import ArgumentParser, Namespace
from time import sleep

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, FINDINGS, INTERRUPTED, CommandResult
from port_registry.model.errors import PortRegistryError, UsageError
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import is_terminal, screen_of
from port_registry.project.workspace import open_workspace
from port_registry.runtime.status import Status, status

_INTERVAL = 2.0
_LEAST_INTERVAL = 0.1
_MOST_INTERVAL = 24 * 60 * 60.0


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    declare_target(parser)
    parser.add_argument(
        "--watch", action="store_true", help="show it in place on a terminal until Ctrl-C"
    )
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=float,
        help=f"how long `--watch` waits between two looks ({_INTERVAL:g})",
    )
    parser.add_argument("--json", action="store_true", help="print it for programs")
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return what is declared beside what is bound."""
    if given.watch:
        return _watched(given, _interval(given))
    if given.interval is not None:
        raise UsageError("`--interval` is for `--watch`")
    bar = Bar(sys.stderr)
    try:
        found = _looked(given, bar)
    finally:
        bar.clear()
    outcome = FINDINGS if found.disagrees() else CLEAN
    if given.json:
        from port_registry.output.live_json import status_json

        return CommandResult(outcome, status_json(found))
    return CommandResult(outcome, _text(given, found))


def _interval(given: Namespace) -> float:
    if given.json:
        raise UsageError("`--watch` and `--json` exclude each other")
    if not is_terminal(sys.stdout):
        raise UsageError(
            "`--watch` shows its picture on a terminal, and the output is none",
            hint="run `port-registry status` again and again",
        )
    seconds: float = _INTERVAL if given.interval is None else given.interval
    if not _LEAST_INTERVAL <= seconds <= _MOST_INTERVAL:
        raise UsageError(f"`--interval` is from {_LEAST_INTERVAL:g} to {_MOST_INTERVAL:g} seconds")
    return seconds


def _looked(given: Namespace, bar: Bar) -> Status:
    return status(open_workspace(request_of(target(given))), bar)


def _text(given: Namespace, found: Status) -> str:
    from port_registry.output.text.status import status_text

    return status_text(found, screen_of(sys.stdout, colour(given)))


def _watched(given: Namespace, seconds: float) -> CommandResult:
    """Show the picture until somebody ends it, and leave the last one behind."""
    import gc

    from port_registry.output.live_display import Window
    from port_registry.output.text.failure import failure

    text = _text(given, _looked(given, Bar(None)))
    window = Window(sys.stdout)
    try:
        while True:
            window.show(text)
            sleep(seconds)
            gc.collect()
            try:
                text = _text(given, _looked(given, Bar(None)))
            except PortRegistryError as error:
                # Somebody is editing the registry.
                text = failure(error, screen_of(sys.stdout, colour(given)))
    except KeyboardInterrupt:
        return CommandResult(INTERRUPTED, text)
    finally:
        window.close()
