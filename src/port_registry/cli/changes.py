"""What the commands have in common that change an entry together with its uses."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.arguments import (
    colour,
    declare_colour,
    declare_dry_run,
    declare_registry,
    target,
)
from port_registry.cli.project import request_of
from port_registry.engine.changing import Changed
from port_registry.engine.grow import Opened, opened
from port_registry.engine.progress import Progress
from port_registry.engine.workspace import Caching
from port_registry.report.changed import changed, told
from port_registry.report.places import Paths
from port_registry.report.progress import Bar
from port_registry.report.screen import screen_of

Change = Callable[[Opened, Progress], Changed]


def declare_change(parser: ArgumentParser) -> None:
    """Declare the arguments that all of these commands take."""
    declare_dry_run(parser)
    declare_registry(parser)
    declare_colour(parser)


def carry_out(given: Namespace, change: Change, doing: str, done: str) -> Answer:
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
            from port_registry.cli.patch import diff

            said = changed(made, f"Would {doing}", paths, beside)
            return Answer(
                CLEAN, diff(made.rewrites, colour(given)), said + told(made, paths, beside)
            )
        registry.write(made.rewrites)
    screen = screen_of(sys.stdout, colour(given))
    return Answer(CLEAN, changed(made, done, paths, screen), told(made, paths, beside))
