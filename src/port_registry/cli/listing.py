"""`port-registry list`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of, taken
from port_registry.engine.loading import load_registry
from port_registry.engine.workspace import Workspace, open_workspace
from port_registry.model.entry import Registry
from port_registry.report.places import Paths
from port_registry.report.screen import Screen, screen_of
from port_registry.report.text import TextReport

_TABLE, _JSON, _MARKDOWN = "table", "json", "markdown"
"""The forms in which entries are printed."""


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    declare_target(parser)
    parser.add_argument("--format", choices=(_TABLE, _JSON, _MARKDOWN), default=_TABLE)
    declare_colour(parser)


def run(given: Namespace) -> Answer:
    """Return the registry as it was read; what is missing from it, and why, goes beside."""
    workspace = open_workspace(request_of(target(given)))
    registry = load_registry(workspace)
    paths = Paths(workspace.files.root, os.path.realpath(os.getcwd()))
    beside = screen_of(sys.stderr, colour(given))
    report = TextReport(workspace.files, paths, beside)
    err = taken(registry, paths, beside)
    err += report.every_unknown(registry.unknown) + report.flawed(registry)
    if given.format == _JSON:
        from port_registry.report.json import entries_json

        return Answer(CLEAN, entries_json(registry.entries, workspace.files), err)
    if given.format == _MARKDOWN:
        from port_registry.report.markdown import quick_reference

        return Answer(CLEAN, quick_reference(registry.entries), err)
    return Answer(CLEAN, _tables(workspace, registry, screen_of(sys.stdout, colour(given))), err)


def _tables(workspace: Workspace, registry: Registry, screen: Screen) -> str:
    from port_registry.engine.rooms import rooms_of
    from port_registry.report.listing import room_table, table

    rooms = rooms_of(registry, workspace.config)
    return f"{table(registry.entries, screen)}\n{room_table(rooms, screen)}"
