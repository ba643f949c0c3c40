"""`port-registry list`."""

from argparse import ArgumentParser, Namespace

from port_registry.cli import options, registry_notes, result
from port_registry.model import Registry
from port_registry.output.exports import json, markdown
from port_registry.output.table import export_format
from port_registry.output.terminal import Screen
from port_registry.project.workspace import Workspace

_TABLE = "table"


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    options.declare_reading(parser)
    parser.add_argument("--format", choices=(_TABLE, json.NAME, markdown.NAME), default=_TABLE)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return the registry as it was read; the notes on it go to standard error."""
    workspace, registry, notes = registry_notes.load_with_notes(arguments)
    if arguments.format == _TABLE:
        text = _tables(workspace, registry, options.stdout_screen(arguments))
    else:
        text = export_format(arguments.format).export(registry, workspace.files)
    return result.CommandResult(result.CLEAN, text, notes)


def _tables(workspace: Workspace, registry: Registry, screen: Screen) -> str:
    from port_registry.changes.range_usage import all_range_usage
    from port_registry.output.text.entries import entry_table, range_table

    ranges = all_range_usage(registry, workspace.config)
    return f"{entry_table(registry.entries, screen)}\n{range_table(ranges, screen)}"
