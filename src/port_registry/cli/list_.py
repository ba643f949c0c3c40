"""`port-registry list`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.registry_output import whole
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.model.entry import Registry
from port_registry.output.terminal import Screen, screen_of
from port_registry.project.workspace import Workspace

_TABLE, _JSON, _MARKDOWN = "table", "json", "markdown"
"""The forms in which entries are printed."""


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    declare_target(parser)
    parser.add_argument("--format", choices=(_TABLE, _JSON, _MARKDOWN), default=_TABLE)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return the registry as it was read; what is missing from it, and why, goes beside."""
    workspace, registry, beside = whole(target(given), colour(given))
    if given.format == _JSON:
        from port_registry.output.findings.json import entries_json

        return CommandResult(CLEAN, entries_json(registry.entries, workspace.files), beside)
    if given.format == _MARKDOWN:
        from port_registry.output.exports.markdown import quick_reference

        return CommandResult(CLEAN, quick_reference(registry.entries), beside)
    return CommandResult(
        CLEAN, _tables(workspace, registry, screen_of(sys.stdout, colour(given))), beside
    )


def _tables(workspace: Workspace, registry: Registry, screen: Screen) -> str:
    from port_registry.changes.range_usage import rooms_of
    from port_registry.output.text.list_ import room_table, table

    rooms = rooms_of(registry, workspace.config)
    return f"{table(registry.entries, screen)}\n{room_table(rooms, screen)}"
