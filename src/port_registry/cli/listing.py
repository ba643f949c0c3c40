"""`port-registry list`."""

import os
import sys

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.parser import Format, ListOptions
from port_registry.cli.project import request_of, taken
from port_registry.engine.check import load_registry
from port_registry.engine.workspace import open_workspace
from port_registry.report.places import Paths
from port_registry.report.screen import screen_of
from port_registry.report.text import TextReport


def run(options: ListOptions) -> Answer:
    """Return the registry as it was read; what is missing from it, and why, goes beside."""
    workspace = open_workspace(request_of(options.target))
    registry = load_registry(workspace)
    paths = Paths(workspace.files.root, os.path.realpath(os.getcwd()))
    beside = screen_of(sys.stderr, options.colour)
    report = TextReport(workspace.files, paths, beside)
    err = taken(registry, paths, beside)
    err += report.every_unknown(registry.unknown) + report.flawed(registry)
    if options.form is Format.JSON:
        from port_registry.report.json import entries_json

        return Answer(CLEAN, entries_json(registry.entries, workspace.files), err)
    from port_registry.report.listing import table

    return Answer(CLEAN, table(registry.entries, screen_of(sys.stdout, options.colour)), err)
