"""Shared part of the commands that change an entry together with its uses."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from port_registry.changes.change_entry import EntryChange
from port_registry.changes.registry_transaction import OpenRegistry, open_registry
from port_registry.cli import options
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.live_display import ProgressBar
from port_registry.output.text.changes import change_notes, change_text
from port_registry.project.progress import Progress
from port_registry.project.workspace import Caching

Change = Callable[[OpenRegistry, Progress], EntryChange]


def declare_change_options(parser: ArgumentParser) -> None:
    """Declare the options of all of these commands."""
    options.declare_dry_run(parser)
    options.declare_registry(parser)
    options.declare_colour(parser)


def run_change(arguments: Namespace, change: Change, planned: str, done: str) -> CommandResult:
    """Plan `change`, and write it unless `--dry-run` is given.

    `planned` and `done` describe it: `rename a.b to a.c`, `Renamed a.b to a.c`.
    """
    screen = options.stderr_screen(arguments)
    request = options.request_for(arguments)._replace(caching=Caching.ON_DISK)
    with open_registry(request) as registry:
        paths = options.display_paths(registry.workspace.files.root)
        with ProgressBar(sys.stderr) as bar:
            changed = change(registry, bar)
        notes = change_notes(changed, paths, screen)
        if arguments.dry_run:
            from port_registry.output.unified_diff import diff_output

            text = change_text(changed, f"Would {planned}", paths, screen)
            diff = diff_output(changed.rewrites, options.stdout_screen(arguments))
            return CommandResult(CLEAN, diff, text + notes)
        registry.write(changed.rewrites)
    text = change_text(changed, done, paths, options.stdout_screen(arguments))
    return CommandResult(CLEAN, text, notes)
