"""`port-registry who`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.answer import CLEAN, FINDINGS, Answer
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.engine.live.who import who
from port_registry.engine.workspace import open_workspace
from port_registry.report.progress import Bar
from port_registry.report.screen import screen_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", metavar="PORT|NAME", help="a port or an entry")
    declare_target(parser)
    parser.add_argument("--json", action="store_true", help="print it for programs")
    declare_colour(parser)


def run(given: Namespace) -> Answer:
    """Return who is on a port, or on those of an entry."""
    bar = Bar(sys.stderr)
    try:
        found = who(open_workspace(request_of(target(given))), given.what, bar)
    finally:
        bar.clear()
    status = FINDINGS if found.disagrees() else CLEAN
    if given.json:
        from port_registry.report.live_json import who_json

        return Answer(status, who_json(found))
    from port_registry.report.who import who_text

    return Answer(status, who_text(found, screen_of(sys.stdout, colour(given))))
