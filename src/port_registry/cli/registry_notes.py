"""The whole registry with the notes on it, as `check`, `list` and `export` show them."""

from argparse import Namespace

from port_registry.cli import options
from port_registry.model import NamedTuple, Registry
from port_registry.output.findings.text import TextReport
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Screen, escape_controls, first_few
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace, open_workspace
from port_registry.registry.host_registries import host_registries

_MAX_CANDIDATES = 3
"""How many other registry files the note names."""


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
    workspace = open_workspace(options.request_for(arguments))
    registry = load_registry(workspace)
    paths, screen = options.display_paths(workspace.files.root), options.stderr_screen(arguments)
    report = TextReport(workspace.files, paths, screen)
    notes = ambiguous_registry_note(registry, paths, screen)
    notes += report.unknowns(registry.unknown) + report.invalid_leaves_note(registry)
    return RegistryWithNotes(workspace, registry, notes)


def ambiguous_registry_note(registry: Registry, paths: DisplayPaths, screen: Screen) -> str:
    """Return the note on which of several candidates is the registry; empty if there is one."""
    parts = {path for path, _ in host_registries(registry.considered, registry.path)}
    # The file that `export json` is written to.
    parts.add(f"{registry.path.removesuffix('.nix')}.json")
    others = [
        escape_controls(paths.show(path)) for path in registry.considered if path not in parts
    ]
    if not others:
        return ""
    return screen.note(
        f"the registry is {escape_controls(paths.show(registry.path))}, not "
        f"{first_few(others, _MAX_CANDIDATES)} (`registry` in port-registry.toml names it)"
    )
