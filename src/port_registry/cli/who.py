"""`port-registry who`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli import options, result
from port_registry.output.live_display import ProgressBar
from port_registry.project.workspace import open_workspace
from port_registry.runtime.status import who


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("query", metavar="PORT|NAME", help="a port or an entry")
    options.declare_reading(parser)
    options.declare_flag(parser, "--json", about="print it for programs")
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return who is on a port, or on the ports of an entry."""
    with ProgressBar(sys.stderr) as bar:
        report = who(open_workspace(options.request_for(arguments)), arguments.query, bar)
    exit_status = result.FINDINGS if report.disagrees() else result.CLEAN
    if arguments.json:
        from port_registry.output.runtime_json import who_json

        return result.CommandResult(exit_status, who_json(report))
    from port_registry.output.text.who import who_text

    return result.CommandResult(exit_status, who_text(report, options.stdout_screen(arguments)))
