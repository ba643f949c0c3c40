"""What the commands have in common that change an entry together with its uses."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from port_registry.changes.change_entry import Changed
from port_registry.changes.registry_transaction import OpenRegistry, opened
from port_registry.cli.arguments import (
    colour,
    declare_colour,
    declare_dry_run,
    declare_registry,
    target,
)
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.locations import Paths
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.change import changed, told
from port_registry.project.progress import Progress
from port_registry.project.workspace import Caching

Change = Callable[[OpenRegistry, Progress], Changed]


def declare_change(parser: ArgumentParser) -> None:
    """Declare the arguments that all of these commands take."""
    declare_dry_run(parser)
    declare_registry(parser)
    declare_colour(parser)


def carry_out(given: Namespace, change: Change, doing: str, done: str) -> CommandResult:
    """Make `change`, unless it is only to be shown.

    `doing` and `done` say what that is: `rename a.b to a.c`, `Renamed a.b to a.c`.
    """
    bar = Bar(sys.stderr)
    beside = screen_of(sys.stderr, colour(given))
    request = request_of(target(given))._replace(caching=Caching.ON_DISK)
    with opened(request) as registry:
        paths = Paths(registry.workspace.files.root, os.path.realpath(os.getcwd()))
        try:
            made = change(registry, bar)
        finally:
            bar.clear()
        if given.dry_run:
            from port_registry.cli.diff_output import diff

            said = changed(made, f"Would {doing}", paths, beside)
            return CommandResult(
                CLEAN, diff(made.rewrites, colour(given)), said + told(made, paths, beside)
            )
        registry.write(made.rewrites)
    screen = screen_of(sys.stdout, colour(given))
    return CommandResult(CLEAN, changed(made, done, paths, screen), told(made, paths, beside))
