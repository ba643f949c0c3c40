"""Suggestions for new entries, without one being added: a category, and free ports."""

from collections.abc import Iterator

from port_registry.changes import add_entry, categories
from port_registry.model import NamedTuple, Port, PortRange, PortRegistryError
from port_registry.project.config import convention_of
from port_registry.project.entry_names import parse_new_name
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.registry.allocate import OccupiedPorts, free_ports, ranges_for
from port_registry.system.bind_probe import is_bound


class UnknownCategory(NamedTuple):
    """A category that is neither in the registry nor one of the convention."""

    category: str
    ranges: tuple[PortRange, ...]
    """The ranges in which ports are looked for nevertheless."""
    similar: str | None
    """A known category with a similar name."""


class PortSuggestions(NamedTuple):
    """Ports that an entry could have."""

    ports: Iterator[Port]
    """In the order in which they would be assigned."""
    unknown_category: UnknownCategory | None
    """The category, if it is not known."""


def suggest_ports(workspace: Workspace, requested: add_entry.RequestedEntry) -> PortSuggestions:
    """Return the ports that `requested` could have.

    Raises the errors of reading the registry.
    """
    registry = load_registry(workspace)
    convention = convention_of(workspace.config)
    ranges = ranges_for(registry, convention, requested.name)
    unknown_category = None
    if categories.is_new_category(registry, convention, requested.name):
        similar = categories.similar_category(registry, convention, requested.name)
        unknown_category = UnknownCategory(requested.name[0], ranges, similar)
    ports = free_ports(OccupiedPorts(registry, is_bound), ranges, requested.unassigned())
    return PortSuggestions(ports, unknown_category)


def propose_category(request: Request, text: str) -> str | None:
    """Return the category for an entry named `text`; None where it needs none."""
    name = parse_new_name(text)
    if len(name) > 1:
        return None
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    if categories.is_flat(registry):
        return None
    return categories.suggest_category(registry, convention_of(workspace.config), name)


def propose_ports(request: Request, text: str) -> add_entry.PortChoice | None:
    """Return the ports for an entry named `text`; None where none can be proposed."""
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    try:
        return add_entry.choose_ports(
            registry,
            convention_of(workspace.config),
            workspace.files,
            add_entry.RequestedEntry(parse_new_name(text)),
        )
    except PortRegistryError:
        return None
