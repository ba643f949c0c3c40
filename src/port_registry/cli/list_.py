"""`port-registry list`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import (
    colour_choice,
    declare_colour_option,
    declare_read_options,
    registry_options,
)
from port_registry.cli.registry_output import load_with_notes
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.model import Registry
from port_registry.output.terminal import Screen, screen_of
from port_registry.project.workspace import Workspace

_TABLE, _JSON, _MARKDOWN = "table", "json", "markdown"
"""The formats of the entries."""


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    declare_read_options(parser)
    parser.add_argument("--format", choices=(_TABLE, _JSON, _MARKDOWN), default=_TABLE)
    declare_colour_option(parser)


def run(arguments: Namespace) -> CommandResult:
    """Return the registry as it was read; the notes on it go to standard error."""
    workspace, registry, notes = load_with_notes(
        registry_options(arguments), colour_choice(arguments)
    )
    if arguments.format == _JSON:
        from port_registry.output.exports.json import registry_json

        return CommandResult(CLEAN, registry_json(registry, workspace.files), notes)
    if arguments.format == _MARKDOWN:
        from port_registry.output.exports.markdown import quick_reference

        return CommandResult(CLEAN, quick_reference(registry.entries), notes)
    return CommandResult(
        CLEAN, _tables(workspace, registry, screen_of(sys.stdout, colour_choice(arguments))), notes
    )


def _tables(workspace: Workspace, registry: Registry, screen: Screen) -> str:
    from port_registry.changes.range_usage import rooms_of
    from port_registry.output.text.list_ import entry_table, range_table

    ranges = rooms_of(registry, workspace.config)
    return f"{entry_table(registry.entries, screen)}\n{range_table(ranges, screen)}"
