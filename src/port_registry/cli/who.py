"""`port-registry who`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import (
    colour_choice,
    declare_colour_option,
    declare_read_options,
    registry_options,
)
from port_registry.cli.project import request_for
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.output.progress_bar import ProgressBar
from port_registry.output.terminal import screen_of
from port_registry.project.workspace import open_workspace
from port_registry.runtime.who import who


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("query", metavar="PORT|NAME", help="a port or an entry")
    declare_read_options(parser)
    parser.add_argument("--json", action="store_true", help="print it for programs")
    declare_colour_option(parser)


def run(arguments: Namespace) -> CommandResult:
    """Return who is on a port, or on the ports of an entry."""
    bar = ProgressBar(sys.stderr)
    try:
        report = who(open_workspace(request_for(registry_options(arguments))), arguments.query, bar)
    finally:
        bar.clear()
    exit_status = FINDINGS if report.disagrees() else CLEAN
    if arguments.json:
        from port_registry.output.runtime_json import who_json

        return CommandResult(exit_status, who_json(report))
    from port_registry.output.text.who import who_text

    return CommandResult(
        exit_status, who_text(report, screen_of(sys.stdout, colour_choice(arguments)))
    )
