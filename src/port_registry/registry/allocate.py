"""Which port a new entry should have.

A well-known service takes its own port where that is free. Anything else takes the lowest
port of its category's range that is nobody's: not another well-known service's default, not
refused by browsers, not ephemeral on any supported system, not in the registry, and not
bound now.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from port_registry.facts import restricted, services
from port_registry.facts.ranges import Convention
from port_registry.facts.services import Match, Service
from port_registry.model import (
    MAX_PORT,
    Endpoint,
    Entry,
    Name,
    Port,
    PortRange,
    Protocol,
    Registry,
    single,
)
from port_registry.registry.clash import clash
from port_registry.registry.read import default_protocols

SYSTEM_PORTS = 1024
"""Below these a service's container may have its port, but hardly the machine."""

_BLOCK = 1000
"""How many ports the convention gives a category."""

_FALLBACK = (PortRange(Port(3000), Port(9999)), PortRange(Port(SYSTEM_PORTS), Port(MAX_PORT)))
"""Where ports are looked for in a category that has no range: where the convention's ranges
are, and then anywhere."""


class OccupiedPorts(NamedTuple):
    """What is taken."""

    registry: Registry
    is_bound: Callable[[Port, tuple[Protocol, ...]], bool]
    """Whether some process of this machine holds a port now."""

    def clashing(self, endpoint: Endpoint) -> list[Entry]:
        """Return the entries that `endpoint` clashes with."""
        return [entry for entry in self.registry.entries if clash(entry.endpoint, endpoint)]


class UnassignedEntry(NamedTuple):
    """An entry that has no port yet."""

    name: Name
    protocols: tuple[Protocol, ...] = ()
    """Empty for those that an entry has that does not say."""
    host: str | None = None
    address: str | None = None

    def on(self, ports: PortRange) -> Endpoint:
        """Return the endpoint that the entry has once `ports` are its own."""
        protocols = self.protocols or default_protocols(self.name, ports)[0]
        return Endpoint(ports, protocols, self.host, self.address)


class DefaultPort(NamedTuple):
    """The port that a well-known service is known for, and what is in its way."""

    service: Service
    port: Port
    clashing: tuple[Entry, ...]
    """The entries that have it."""
    is_bound: bool

    def is_free(self) -> bool:
        """Return whether nothing is in the way."""
        return not self.clashing and not self.is_bound


def default_port(
    occupied: OccupiedPorts, convention: Convention, entry: UnassignedEntry
) -> DefaultPort | None:
    """Return the port that the service is known for that the name of `entry` speaks of.

    None where it speaks of none, or of one that has no port of its own with any of the
    protocols.
    """
    found = services.match(entry.name) or _of_the_system(convention, entry.name)
    if found is None:
        return None
    wanted = entry.protocols or tuple(Protocol)
    port = next((one.port for one in found.ports if one.protocol in wanted), None)
    if port is None or (port < SYSTEM_PORTS and not found.service.is_default()):
        return None
    endpoint = entry.on(single(port))
    bound = occupied.is_bound(port, endpoint.protocols)
    return DefaultPort(found.service, port, tuple(occupied.clashing(endpoint)), bound)


def _of_the_system(convention: Convention, name: Name) -> Match | None:
    """Return the service that a name such as `http` means in a category of system ports alone."""
    ranges = convention.ranges_for(name)
    if not ranges or any(ports.last >= SYSTEM_PORTS for ports in ranges):
        return None
    service = services.by_name(name[-1])
    return None if service is None else Match(service, service.ports)


def ranges_for(registry: Registry, convention: Convention, name: Name) -> tuple[PortRange, ...]:
    """Return the ranges that a port for an entry called `name` is looked for in, in order.

    They are those of its category; where it has none, those that its entries are in.
    """
    if conventional := convention.ranges_for(name):
        return conventional
    near = {
        _block(entry.endpoint.ports.first)
        for entry in registry.entries
        if len(name) > 1 and entry.name[:-1] == name[:-1]
    }
    return (*sorted(near), *_FALLBACK)


def _block(port: Port) -> PortRange:
    first = max(port - port % _BLOCK, 1)
    return PortRange(Port(first), Port(min(first - first % _BLOCK + _BLOCK - 1, MAX_PORT)))


def free_ports(
    occupied: OccupiedPorts, ranges: Iterable[PortRange], entry: UnassignedEntry
) -> Iterator[Port]:
    """Yield the ports of `ranges` that `entry` may have, the lowest first.

    The ranges are taken one after the other.
    """
    seen: list[PortRange] = []
    for ports in ranges:
        endpoint = entry.on(ports)
        for gap in _gaps(occupied.registry, endpoint):
            for number in range(gap.first, gap.last + 1):
                port = Port(number)
                is_new = not any(one.first <= port <= one.last for one in seen)
                if is_new and _is_nobodys(occupied, port, endpoint.protocols):
                    yield port
        seen.append(ports)


def nearest_free_ranges(
    occupied: OccupiedPorts, ports: PortRange, ranges: Iterable[PortRange], entry: UnassignedEntry
) -> Iterator[PortRange]:
    """Yield free ranges as large as `ports` inside `ranges`, the nearest to it first."""
    size = ports.last - ports.first
    gaps = [
        gap
        for inside in ranges
        for gap in _gaps(occupied.registry, entry.on(inside))
        if gap.last - gap.first >= size
    ]
    for first in merge(_upwards(gaps, ports.first, size), _downwards(gaps, ports.first, size)):
        found = PortRange(Port(first.port), Port(first.port + size))
        numbers = range(found.first, found.last + 1)
        protocols = entry.on(found).protocols
        if all(_is_nobodys(occupied, Port(one), protocols) for one in numbers):
            yield found


class _Near(NamedTuple):
    """A port, sorted by how far it is."""

    distance: int
    port: int


def _upwards(gaps: list[PortRange], start: int, size: int) -> Iterator[_Near]:
    for gap in sorted(gaps):
        for first in range(max(gap.first, start + 1), gap.last - size + 1):
            yield _Near(first - start, first)


def _downwards(gaps: list[PortRange], start: int, size: int) -> Iterator[_Near]:
    for gap in sorted(gaps, reverse=True):
        for first in range(min(gap.last - size, start - 1), gap.first - 1, -1):
            yield _Near(start - first, first)


def _is_nobodys(ledger: OccupiedPorts, port: Port, protocols: tuple[Protocol, ...]) -> bool:
    """Return whether nothing but the registry speaks against handing out `port`."""
    return (
        restricted.browser_block(port) is None
        and not restricted.is_ephemeral(port)
        and not any(services.knows_port(port, protocol) for protocol in protocols)
        and not ledger.is_bound(port, protocols)
    )


def _gaps(registry: Registry, endpoint: Endpoint) -> Iterator[PortRange]:
    """Yield what the entries that clash with `endpoint` leave of its ports."""
    start, end = endpoint.ports
    taken = sorted(
        entry.endpoint.ports for entry in registry.entries if clash(entry.endpoint, endpoint)
    )
    for first, last in taken:
        if start < first:
            yield PortRange(start, Port(first - 1))
        start = max(start, Port(last + 1))
    if start <= end:
        yield PortRange(start, end)
