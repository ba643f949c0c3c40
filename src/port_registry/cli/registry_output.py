"""What `list` and `export` have in common: they show the whole registry."""

import os
import sys
from typing import NamedTuple

from port_registry.cli.arguments import TargetArgument
from port_registry.cli.project import request_of, taken
from port_registry.model.entry import Registry
from port_registry.output.findings.text import TextReport
from port_registry.output.locations import Paths
from port_registry.output.terminal import ColourChoice, screen_of
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace, open_workspace


class WholeRegistry(NamedTuple):
    """A registry, and what is said beside it."""

    workspace: Workspace
    registry: Registry
    beside: str
    """Which file it is, where that is not plain, and what is missing from it, and why."""


def whole(target: TargetArgument, choice: ColourChoice) -> WholeRegistry:
    """Read the registry of `target` for someone who wants all of it.

    Raises what opening the project and reading its registry raise.
    """
    workspace = open_workspace(request_of(target))
    registry = load_registry(workspace)
    paths = Paths(workspace.files.root, os.path.realpath(os.getcwd()))
    screen = screen_of(sys.stderr, choice)
    report = TextReport(workspace.files, paths, screen)
    said = taken(registry, paths, screen)
    said += report.every_unknown(registry.unknown) + report.flawed(registry)
    return WholeRegistry(workspace, registry, said)
