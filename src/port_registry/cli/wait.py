"""`port-registry wait`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.model.errors import UsageError
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.wait import missed, reached
from port_registry.runtime.durations import seconds_of
from port_registry.runtime.targets import Demand, Until, targets
from port_registry.runtime.waiting import wait


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "targets", nargs="+", metavar="NAME|PORT|URL", help="entries, ports and URLs"
    )
    parser.add_argument("--closed", action="store_true", help="wait until all of them are free")
    parser.add_argument(
        "--timeout", metavar="SECONDS", default="60", help="how long to wait at most (60)"
    )
    parser.add_argument(
        "--http", metavar="/PATH", help="wait until this page is answered with 200 to 399"
    )
    parser.add_argument(
        "--exec", metavar="CMD", help="wait until this command of the shell exits with 0, too"
    )
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Wait, and return what it came to."""
    until = Until.CLOSED if given.closed else Until.THERE
    if given.closed and (given.http is not None or given.exec is not None):
        raise UsageError("what is free answers nothing", hint="leave out `--http` and `--exec`")
    demand = Demand(until, given.http, given.exec, seconds_of(given.timeout))
    bar = Bar(sys.stderr)
    try:
        asked = targets(tuple(given.targets), request_of(target(given)), demand)
        waited = wait(asked, demand, bar)
    finally:
        bar.clear()
    err = missed(waited, demand, screen_of(sys.stderr, colour(given)))
    return CommandResult(FINDINGS if err else CLEAN, reached(waited), err)
