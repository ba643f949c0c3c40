"""Shared part of the commands that change an entry together with its uses."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from port_registry.changes.change_entry import EntryChange
from port_registry.changes.registry_transaction import OpenRegistry, open_registry
from port_registry.cli.arguments import (
    colour_choice,
    declare_colour_option,
    declare_dry_run_option,
    declare_registry_options,
    registry_options,
)
from port_registry.cli.project import display_paths, request_for
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.progress_bar import ProgressBar
from port_registry.output.terminal import screen_of
from port_registry.output.text.change import change_notes, change_text
from port_registry.project.progress import Progress
from port_registry.project.workspace import Caching

Change = Callable[[OpenRegistry, Progress], EntryChange]


def declare_change_options(parser: ArgumentParser) -> None:
    """Declare the options of all of these commands."""
    declare_dry_run_option(parser)
    declare_registry_options(parser)
    declare_colour_option(parser)


def run_change(arguments: Namespace, change: Change, planned: str, done: str) -> CommandResult:
    """Plan `change`, and write it unless `--dry-run` is given.

    `planned` and `done` describe it: `rename a.b to a.c`, `Renamed a.b to a.c`.
    """
    bar = ProgressBar(sys.stderr)
    stderr_screen = screen_of(sys.stderr, colour_choice(arguments))
    request = request_for(registry_options(arguments))._replace(caching=Caching.ON_DISK)
    with open_registry(request) as registry:
        paths = display_paths(registry.workspace.files.root)
        try:
            changed = change(registry, bar)
        finally:
            bar.clear()
        notes = change_notes(changed, paths, stderr_screen)
        if arguments.dry_run:
            from port_registry.cli.diff_output import diff_text

            text = change_text(changed, f"Would {planned}", paths, stderr_screen)
            diff = diff_text(changed.rewrites, colour_choice(arguments))
            return CommandResult(CLEAN, diff, text + notes)
        registry.write(changed.rewrites)
    stdout_screen = screen_of(sys.stdout, colour_choice(arguments))
    return CommandResult(CLEAN, change_text(changed, done, paths, stdout_screen), notes)
