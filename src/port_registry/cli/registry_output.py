"""The whole registry with the notes on it, as `list` and `export` show it."""

import sys
from typing import NamedTuple

from port_registry.cli.arguments import RegistryOptions
from port_registry.cli.project import ambiguous_registry_note, display_paths, request_for
from port_registry.model import Registry
from port_registry.output.findings.text import TextReport
from port_registry.output.terminal import ColourChoice, screen_of
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace, open_workspace


class RegistryWithNotes(NamedTuple):
    """A registry, and the notes for standard error."""

    workspace: Workspace
    registry: Registry
    notes: str
    """Which of several files it is, and what is missing from it and why; often empty."""


def load_with_notes(options: RegistryOptions, choice: ColourChoice) -> RegistryWithNotes:
    """Return the registry that `options` choose, with the notes on it.

    Raises what opening the project and reading its registry raise.
    """
    workspace = open_workspace(request_for(options))
    registry = load_registry(workspace)
    paths = display_paths(workspace.files.root)
    screen = screen_of(sys.stderr, choice)
    report = TextReport(workspace.files, paths, screen)
    notes = ambiguous_registry_note(registry, paths, screen)
    notes += report.unknowns(registry.unknown) + report.invalid_leaves_note(registry)
    return RegistryWithNotes(workspace, registry, notes)
