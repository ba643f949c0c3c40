"""Usage of ranges: the entries and the free ports in each."""

from collections.abc import Iterable

from port_registry.facts.ranges import Convention
from port_registry.model import NamedTuple, Port, PortRange, Protocol, Registry
from port_registry.project.config import Config, convention_of
from port_registry.registry.allocate import OccupiedPorts, UnassignedEntry, free_ports


class RangeUsage(NamedTuple):
    """A range, with its entries and free ports counted."""

    ports: PortRange
    categories: tuple[str, ...]
    """The categories with the range: those of the registry, or else the usual one."""
    entries: int
    """The number of entries in it."""
    free: int
    """The number of its ports that could be assigned."""


def convention_ranges(convention: Convention) -> tuple[PortRange, ...]:
    """Return the ranges of all categories, sorted."""
    return tuple(sorted({ports for ranges in convention.categories.values() for ports in ranges}))


def range_usage(
    occupied: OccupiedPorts,
    convention: Convention,
    ranges: Iterable[PortRange],
    unassigned: UnassignedEntry,
) -> list[RangeUsage]:
    """Return the usage of `ranges`, with the ports that are free for `unassigned`."""
    entries = occupied.registry.entries
    own = dict.fromkeys(part for entry in entries for part in entry.name[:-1])
    return [
        RangeUsage(
            ports=ports,
            categories=_categories(convention, ports, own),
            entries=sum(ports.meets(entry.endpoint.ports) for entry in entries),
            free=sum(1 for _ in free_ports(occupied, (ports,), unassigned)),
        )
        for ports in ranges
    ]


def _categories(convention: Convention, ports: PortRange, own: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the categories that have `ports` as a range."""
    matching = tuple(name for name in own if ports in convention.ranges_of(name))
    if matching:
        return matching
    usual = [name for name, ranges in convention.categories.items() if ports in ranges]
    # Those without another range describe it best, and of their names the plurals.
    plural = {name for name in usual if name.endswith("s") and name[:-1] in usual}
    usual.sort(key=lambda name: (len(convention.categories[name]), name not in plural))
    return tuple(usual[:1])


def all_range_usage(registry: Registry, config: Config) -> list[RangeUsage]:
    """Return the usage of all ranges, whatever runs on this machine now."""
    convention = convention_of(config)
    occupied = OccupiedPorts(registry, _never_bound)
    unassigned = UnassignedEntry(("entry",))
    return range_usage(occupied, convention, convention_ranges(convention), unassigned)


def _never_bound(_port: Port, _protocols: tuple[Protocol, ...]) -> bool:
    return False
