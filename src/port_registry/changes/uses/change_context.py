"""The project around an entry that is to be changed."""

from typing import NamedTuple

from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.checks.pipeline import Outcome, check_gathered
from port_registry.matching.project import Project
from port_registry.model import Entry, Name, UsageError, format_name
from port_registry.project.files import Files
from port_registry.project.find_entry import no_entry
from port_registry.project.gather import Gathered, gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    open_editable,
)


class HoldingRegistry(NamedTuple):
    """A registry that has the entry: the fleet's, or a host's that puts its own over it."""

    part: int
    """Its position among the fleet's parts."""
    ground: EditableRegistry
    leaf: EntryBinding

    @property
    def path(self) -> str:
        """The registry's file."""
        return self.ground.source.path


class Scene(NamedTuple):
    """A project, read before an entry is changed."""

    opened: OpenRegistry
    gathered: Gathered
    outcome: Outcome
    """What a check finds."""
    holders: tuple[HoldingRegistry, ...]
    """At least one; the fleet's first, if it has the entry."""
    name: Name

    @property
    def project(self) -> Project:
        """What rules judge."""
        return self.gathered.project

    @property
    def files(self) -> Files:
        """The files as they are."""
        return self.opened.workspace.files

    @property
    def entry(self) -> Entry:
        """The entry, as the first of its registries has it."""
        return self.holders[0].leaf.entry

    def registries(self) -> frozenset[str]:
        """Return the files of the registries that have the entry."""
        return frozenset(holder.path for holder in self.holders)


def scene_of(opened: OpenRegistry, name: Name, progress: Progress) -> Scene:
    """Read the project around the entry `name`.

    Raises `UsageError` where no registry of the project has it.
    """
    workspace = opened.workspace
    gathered = gather(workspace, load_registry(workspace), progress)
    holders: list[HoldingRegistry] = []
    for at, part in enumerate(gathered.project.registries):
        if any(entry.name == name for entry in part.registry.entries):
            ground = (
                opened.ground
                if at == 0
                else open_editable(workspace.files, part.registry.path, None)
            )
            leaf = ground.find(name)
            if leaf is not None:
                holders.append(HoldingRegistry(at, ground, leaf))
    if not holders:
        raise _missing(opened.ground, name)
    outcome = check_gathered(workspace, gathered, progress)
    return Scene(opened, gathered, outcome, tuple(holders), name)


def _missing(ground: EditableRegistry, name: Name) -> UsageError:
    registry, shown = ground.registry, format_name(name)
    inside = [entry for entry in registry.entries if entry.name[: len(name)] == name]
    if inside:
        return UsageError(
            f"`{shown}` of {registry.path} is a category, and this is done entry by entry",
            hint=f"name one of its entries: `{format_name(inside[0].name)}`",
        )
    return no_entry(registry, shown, name)
