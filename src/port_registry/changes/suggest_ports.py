"""Suggestions of free ports, without an entry being added."""

from collections.abc import Iterator

from port_registry.changes.add_entry import RequestedEntry
from port_registry.changes.categories import is_new_category, similar_category
from port_registry.model import NamedTuple, Port, PortRange
from port_registry.project.config import convention_of
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
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


def suggest_ports(workspace: Workspace, requested: RequestedEntry) -> PortSuggestions:
    """Return the ports that `requested` could have.

    Raises the errors of reading the registry.
    """
    registry = load_registry(workspace)
    convention = convention_of(workspace.config)
    ranges = ranges_for(registry, convention, requested.name)
    unknown_category = None
    if is_new_category(registry, convention, requested.name):
        similar = similar_category(registry, convention, requested.name)
        unknown_category = UnknownCategory(requested.name[0], ranges, similar)
    ports = free_ports(OccupiedPorts(registry, is_bound), ranges, requested.unassigned())
    return PortSuggestions(ports, unknown_category)
