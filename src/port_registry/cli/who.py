"""`port-registry who`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.project.workspace import open_workspace
from port_registry.runtime.who import who


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", metavar="PORT|NAME", help="a port or an entry")
    declare_target(parser)
    parser.add_argument("--json", action="store_true", help="print it for programs")
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return who is on a port, or on those of an entry."""
    bar = Bar(sys.stderr)
    try:
        found = who(open_workspace(request_of(target(given))), given.what, bar)
    finally:
        bar.clear()
    status = FINDINGS if found.disagrees() else CLEAN
    if given.json:
        from port_registry.output.live_json import who_json

        return CommandResult(status, who_json(found))
    from port_registry.output.text.who import who_text

    return CommandResult(status, who_text(found, screen_of(sys.stdout, colour(given))))
