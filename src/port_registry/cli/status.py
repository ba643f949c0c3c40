"""`port-registry status`."""

import sys
from argparse import ArgumentParser, Namespace
from time import sleep

from port_registry.cli import options, result
from port_registry.model import PortRegistryError, UsageError
from port_registry.output.live_display import ProgressBar
from port_registry.output.terminal import is_terminal
from port_registry.project.workspace import open_workspace
from port_registry.runtime.status import Status, status

_INTERVAL = 2.0
_MIN_INTERVAL = 0.1
_MAX_INTERVAL = 24 * 60 * 60.0


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    options.declare_reading(parser)
    options.declare_flag(parser, "--watch", about="keep it up to date on a terminal until Ctrl-C")
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=float,
        help=f"how long `--watch` waits between two updates ({_INTERVAL:g})",
    )
    options.declare_flag(parser, "--json", about="print it for programs")
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return what is declared next to what is bound."""
    if arguments.watch:
        return _watch(arguments, _interval(arguments))
    if arguments.interval is not None:
        raise UsageError(
            "`--interval` needs `--watch`", hint="`port-registry status --watch --interval 5`"
        )
    with ProgressBar(sys.stderr) as bar:
        report = _status(arguments, bar)
    exit_status = result.FINDINGS if report.disagrees() else result.CLEAN
    if arguments.json:
        from port_registry.output.runtime_json import status_json

        return result.CommandResult(exit_status, status_json(report))
    return result.CommandResult(exit_status, _text(arguments, report))


def _interval(arguments: Namespace) -> float:
    if arguments.json:
        raise UsageError("`--watch` cannot be used with `--json`")
    if not is_terminal(sys.stdout):
        raise UsageError(
            "`--watch` needs a terminal, and standard output is not one",
            hint="`port-registry status` prints it once",
        )
    seconds: float = _INTERVAL if arguments.interval is None else arguments.interval
    if not _MIN_INTERVAL <= seconds <= _MAX_INTERVAL:
        raise UsageError(
            f"invalid interval {seconds:g}: expected {_MIN_INTERVAL:g} to {_MAX_INTERVAL:g} seconds"
        )
    return seconds


def _status(arguments: Namespace, bar: ProgressBar) -> Status:
    return status(open_workspace(options.request_for(arguments)), bar)


def _text(arguments: Namespace, report: Status) -> str:
    from port_registry.output.text.status import status_text

    return status_text(report, options.stdout_screen(arguments))


def _watch(arguments: Namespace, interval: float) -> result.CommandResult:
    """Show the status until the user interrupts, and return the last one shown."""
    import gc

    from port_registry.output.live_display import Window
    from port_registry.output.terminal import error_text

    text = _text(arguments, _status(arguments, ProgressBar(None)))
    window = Window(sys.stdout)
    try:
        while True:
            window.show(text)
            sleep(interval)
            gc.collect()
            try:
                text = _text(arguments, _status(arguments, ProgressBar(None)))
            except PortRegistryError as error:
                # The registry may be in the middle of an edit.
                text = error_text(error, options.stdout_screen(arguments))
    except KeyboardInterrupt:
        return result.CommandResult(result.INTERRUPTED, text)
    finally:
        window.close()
