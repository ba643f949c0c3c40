"""`port-registry show`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.entry_details import read_details
from port_registry.cli import options, result
from port_registry.output.live_display import ProgressBar
from port_registry.output.text.entries import details_text
from port_registry.project.workspace import Caching, open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("query", metavar="NAME|PORT", help="an entry or a port")
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return everything that is known of an entry or of a port."""
    request = options.request_for(arguments)._replace(caching=Caching.ON_DISK)
    with ProgressBar(sys.stderr) as bar:
        workspace = open_workspace(request)
        details = read_details(workspace, arguments.query, bar)
    paths = options.display_paths(workspace.files.root)
    text = details_text(details, workspace.files, paths, options.stdout_screen(arguments))
    return result.CommandResult(result.CLEAN, text)
