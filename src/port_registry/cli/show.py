"""`port-registry show`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.entry_details import show
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.locations import Paths
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.show import shown
from port_registry.project.workspace import Caching, open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", metavar="NAME|PORT", help="an entry or a port")
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return what is known of an entry, or of a port."""
    request = request_of(target(given))._replace(caching=Caching.ON_DISK)
    bar = Bar(sys.stderr)
    try:
        workspace = open_workspace(request)
        found = show(workspace, given.what, bar)
    finally:
        bar.clear()
    paths = Paths(workspace.files.root, os.path.realpath(os.getcwd()))
    return CommandResult(
        CLEAN, shown(found, workspace.files, paths, screen_of(sys.stdout, colour(given)))
    )
