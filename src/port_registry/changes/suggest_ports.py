"""Free ports for someone who only wants to know."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.changes.add_entry import RequestedEntry
from port_registry.changes.categories import is_new, meant
from port_registry.model import Port, PortRange
from port_registry.project.config import convention_of
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.registry.allocate import OccupiedPorts, free_ports, ranges_for
from port_registry.system.bind_probe import is_bound


class Unheard(NamedTuple):
    """A category that is neither in the registry nor one of the convention."""

    category: str
    ranges: tuple[PortRange, ...]
    """Where ports are looked for all the same."""
    meant: str | None
    """One that is spelt nearly so."""


class Suggested(NamedTuple):
    """Ports that an entry could have."""

    ports: Iterator[Port]
    """In the order in which they would be given."""
    unheard_of: Unheard | None
    """What is to be said of a category that nobody knows."""


def suggested(workspace: Workspace, asked: RequestedEntry) -> Suggested:
    """Return the ports that `asked` could have; raises what reading the registry raises."""
    registry = load_registry(workspace)
    convention = convention_of(workspace.config)
    ranges = ranges_for(registry, convention, asked.name)
    unheard_of = None
    if is_new(registry, convention, asked.name):
        near = meant(registry, convention, asked.name)
        unheard_of = Unheard(asked.name[0], ranges, near)
    ports = free_ports(OccupiedPorts(registry, is_bound), ranges, asked.seeker())
    return Suggested(ports, unheard_of)
