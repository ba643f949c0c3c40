"""`port-registry export`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of, taken
from port_registry.engine.loading import load_registry
from port_registry.engine.workspace import open_workspace
from port_registry.report.places import Paths
from port_registry.report.screen import screen_of
from port_registry.report.text import TextReport

_JSON, _ENV = "json", "env"


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("format", choices=(_JSON, _ENV), metavar="{json,env}", help="the form")
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> Answer:
    """Return the registry in another form; what is missing from it, and why, goes beside."""
    workspace = open_workspace(request_of(target(given)))
    registry = load_registry(workspace)
    paths = Paths(workspace.files.root, os.path.realpath(os.getcwd()))
    beside = screen_of(sys.stderr, colour(given))
    report = TextReport(workspace.files, paths, beside)
    err = taken(registry, paths, beside)
    err += report.every_unknown(registry.unknown) + report.flawed(registry)
    if given.format == _ENV:
        from port_registry.export.env import registry_env

        return Answer(CLEAN, registry_env(registry.entries), err)
    from port_registry.export.json import registry_json

    return Answer(CLEAN, registry_json(registry, workspace.files.read(registry.path)), err)
