"""Context of a change: the project, read and checked before an entry is changed."""

from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.checks.pipeline import Outcome, check_gathered
from port_registry.matching.project import Project
from port_registry.model import Entry, Name, NamedTuple, Registry, UsageError, format_name
from port_registry.project.files import Files
from port_registry.project.find_entry import unknown_entry_error
from port_registry.project.gather import Gathered, gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding


class HoldingRegistry(NamedTuple):
    """A registry that has the entry: the shared one, or a host's that overrides it."""

    registry_index: int
    """Its position among the project's registries."""
    editable: EditableRegistry
    binding: EntryBinding

    @property
    def path(self) -> str:
        """The path of the registry."""
        return self.editable.source.path


class ChangeContext(NamedTuple):
    """A project, read and checked before an entry is changed."""

    open_registry: OpenRegistry
    gathered: Gathered
    outcome: Outcome
    """The result of a check."""
    holders: tuple[HoldingRegistry, ...]
    """At least one; the shared one first, if it has the entry."""
    name: Name

    @property
    def project(self) -> Project:
        """The project as rules see it."""
        return self.gathered.project

    @property
    def files(self) -> Files:
        """The files before the change."""
        return self.open_registry.workspace.files

    @property
    def entry(self) -> Entry:
        """The entry, as the first of its registries has it."""
        return self.holders[0].binding.entry

    def registries(self) -> frozenset[str]:
        """Return the paths of the registries that have the entry."""
        return frozenset(holder.path for holder in self.holders)


def read_change_context(
    open_registry: OpenRegistry, name: Name, progress: Progress
) -> ChangeContext:
    """Read the project around the entry `name`.

    Raises `UsageError` where no registry of the project has it.
    """
    workspace = open_registry.workspace
    gathered = gather(workspace, load_registry(workspace), progress)
    holders: list[HoldingRegistry] = []
    for index, part in enumerate(gathered.project.registries):
        if any(entry.name == name for entry in part.registry.entries):
            editable = open_registry.editable
            if index > 0:
                editable = EditableRegistry(workspace.files, part.registry.path, None)
            binding = editable.find(name)
            if binding is not None:
                holders.append(HoldingRegistry(index, editable, binding))
    if not holders:
        raise _missing_entry(open_registry.editable.registry, name)
    outcome = check_gathered(workspace, gathered, progress)
    return ChangeContext(open_registry, gathered, outcome, tuple(holders), name)


def _missing_entry(registry: Registry, name: Name) -> UsageError:
    """Return the error for a name that is not an entry's."""
    members = [entry for entry in registry.entries if entry.name[: len(name)] == name]
    if members:
        return UsageError(
            f"`{format_name(name)}` of {registry.path} is a category, and this is done entry by"
            " entry",
            hint=f"name one of its entries: `{format_name(members[0].name)}`",
        )
    return unknown_entry_error(registry, format_name(name), name)
