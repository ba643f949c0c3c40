"""The whole registry with the notes on it, as `list` and `export` show it."""

from argparse import Namespace

from port_registry.cli.arguments import stderr_screen
from port_registry.cli.project import ambiguous_registry_note, display_paths, request_for
from port_registry.model import NamedTuple, Registry
from port_registry.output.findings.text import TextReport
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace, open_workspace


class RegistryWithNotes(NamedTuple):
    """A registry, and the notes for standard error."""

    workspace: Workspace
    registry: Registry
    notes: str
    """Which of several files it is, and what is missing from it and why; often empty."""


def load_with_notes(arguments: Namespace) -> RegistryWithNotes:
    """Return the registry that `arguments` choose, with the notes on it.

    Raises what opening the project and reading its registry raise.
    """
    workspace = open_workspace(request_for(arguments))
    registry = load_registry(workspace)
    paths, screen = display_paths(workspace.files.root), stderr_screen(arguments)
    report = TextReport(workspace.files, paths, screen)
    notes = ambiguous_registry_note(registry, paths, screen)
    notes += report.unknowns(registry.unknown) + report.invalid_leaves_note(registry)
    return RegistryWithNotes(workspace, registry, notes)
