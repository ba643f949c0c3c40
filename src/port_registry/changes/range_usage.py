"""How much room there is in the ranges of categories."""

from collections.abc import Iterable
from typing import NamedTuple

from port_registry.facts.ranges import Convention
from port_registry.model import Port, PortRange, Protocol, Registry
from port_registry.project.config import Config, convention_of
from port_registry.registry.allocate import OccupiedPorts, UnassignedEntry, free_ports


class Room(NamedTuple):
    """A range and what is in it."""

    ports: PortRange
    categories: tuple[str, ...]
    """Whose it is: the registry's own names where it has such categories, else the usual."""
    entries: int
    """How many entries are in it."""
    free: int
    """How many of its ports could be handed out."""


def conventional(convention: Convention) -> tuple[PortRange, ...]:
    """Return the ranges of all categories, sorted."""
    return tuple(sorted({ports for ranges in convention.categories.values() for ports in ranges}))


def rooms(
    ledger: OccupiedPorts,
    convention: Convention,
    ranges: Iterable[PortRange],
    seeker: UnassignedEntry,
) -> list[Room]:
    """Return how much room `ranges` have for an entry like `seeker`."""
    entries = ledger.registry.entries
    own = dict.fromkeys(part for entry in entries for part in entry.name[:-1])
    return [
        Room(
            ports,
            _users(convention, ports, own),
            sum(ports.meets(entry.endpoint.ports) for entry in entries),
            sum(1 for _ in free_ports(ledger, (ports,), seeker)),
        )
        for ports in ranges
    ]


def _users(convention: Convention, ports: PortRange, own: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the categories that `ports` are a range of."""
    found = tuple(name for name in own if ports in convention.ranges_of(name))
    if found:
        return found
    usual = [name for name, ranges in convention.categories.items() if ports in ranges]
    # Those that have no other range say best what it is for, and of their names the plurals.
    plural = {name for name in usual if name.endswith("s") and name[:-1] in usual}
    usual.sort(key=lambda name: (len(convention.categories[name]), name not in plural))
    return tuple(usual[:1])


def rooms_of(registry: Registry, config: Config) -> list[Room]:
    """Return how much room all ranges have, whatever runs on this machine now."""
    convention = convention_of(config)
    ledger = OccupiedPorts(registry, _held_by_nobody)
    return rooms(ledger, convention, conventional(convention), UnassignedEntry(("entry",)))


def _held_by_nobody(_port: Port, _protocols: tuple[Protocol, ...]) -> bool:
    return False
