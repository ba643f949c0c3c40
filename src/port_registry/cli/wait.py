"""`port-registry wait`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli import options
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.model import UsageError
from port_registry.output.live_display import ProgressBar
from port_registry.output.text.wait import missed_text, reached_text
from port_registry.runtime.wait_targets import Until, WaitRequest, wait_targets
from port_registry.runtime.waiting import wait


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "targets", nargs="+", metavar="NAME|PORT|URL", help="entries, ports and URLs"
    )
    options.declare_flag(parser, "--closed", about="wait until all of them are free")
    parser.add_argument(
        "--timeout", metavar="SECONDS", default="60", help="how long to wait at most (60)"
    )
    parser.add_argument(
        "--http",
        metavar="/PATH",
        help="wait until the server answers this page with status 200 to 399",
    )
    parser.add_argument(
        "--exec", metavar="CMD", help="also wait until this shell command exits with 0"
    )
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> CommandResult:
    """Wait for the targets, and return which were reached."""
    until = Until.CLOSED if arguments.closed else Until.THERE
    if arguments.closed and (arguments.http is not None or arguments.exec is not None):
        raise UsageError("`--closed` cannot be used with `--http` or `--exec`")
    timeout = options.parse_timeout(arguments.timeout)
    wait_request = WaitRequest(until, arguments.http, arguments.exec, timeout)
    with ProgressBar(sys.stderr) as bar:
        targets = wait_targets(
            tuple(arguments.targets), options.request_for(arguments), wait_request
        )
        results = wait(targets, wait_request, bar)
    err = missed_text(results, wait_request, options.stderr_screen(arguments))
    return CommandResult(FINDINGS if err else CLEAN, reached_text(results), err)
