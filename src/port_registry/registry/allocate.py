"""Port allocation for new entries.

A well-known service gets its default port where that is free. Anything else gets the lowest
available port of its category's range: not the default of another well-known service, not
refused by browsers, not ephemeral on any supported system, not in the registry, and not
bound now.
"""

from collections.abc import Callable, Iterable, Iterator

from port_registry import model
from port_registry.facts import restricted, services
from port_registry.facts.ranges import Convention
from port_registry.registry.clash import clash
from port_registry.registry.read import default_protocols

SYSTEM_PORTS = 1024
"""The first port above the system ports, in which only a container has the default port of a
service that its packager chose."""

_BLOCK = 1000
"""The number of ports in a category's range of the convention."""

_FALLBACK = (
    model.PortRange(model.Port(3000), model.Port(9999)),
    model.PortRange(model.Port(SYSTEM_PORTS), model.Port(model.MAX_PORT)),
)
"""The ranges to search for a category that has none: those of the convention, then all
ports."""


class OccupiedPorts(model.NamedTuple):
    """The ports that are not available."""

    registry: model.Registry
    is_bound: Callable[[model.Port, tuple[model.Protocol, ...]], bool]
    """Returns whether a process of this machine holds a port now."""

    def clashing(self, endpoint: model.Endpoint) -> list[model.Entry]:
        """Return the entries that clash with `endpoint`."""
        return [entry for entry in self.registry.entries if clash(entry.endpoint, endpoint)]


class UnassignedEntry(model.NamedTuple):
    """An entry without a port."""

    name: model.Name
    protocols: tuple[model.Protocol, ...] = ()
    """Empty for the default protocols of its name and port."""
    host: str | None = None
    address: str | None = None

    def on(self, ports: model.PortRange) -> model.Endpoint:
        """Return the endpoint of the entry on `ports`."""
        protocols = self.protocols or default_protocols(self.name, ports)[0]
        return model.Endpoint(ports, protocols, self.host, self.address)


class DefaultPort(model.NamedTuple):
    """The default port of a well-known service, and whether it is available."""

    service: services.KnownService
    port: model.Port
    clashing: tuple[model.Entry, ...]
    """The entries that occupy it."""
    is_bound: bool

    def is_free(self) -> bool:
        """Return whether the port is available."""
        return not self.clashing and not self.is_bound


def default_port(
    occupied: OccupiedPorts, convention: Convention, entry: UnassignedEntry
) -> DefaultPort | None:
    """Return the default port of the service that the name of `entry` refers to.

    None where it refers to none, or to one without a default port for any of the protocols.
    """
    match = services.match(entry.name) or _system_service(convention, entry.name)
    if match is None:
        return None
    protocols = entry.protocols or tuple(model.Protocol)
    port = next((known.port for known in match.ports if known.protocol in protocols), None)
    if port is None or (port < SYSTEM_PORTS and not match.service.is_default()):
        return None
    endpoint = entry.on(model.single(port))
    bound = occupied.is_bound(port, endpoint.protocols)
    return DefaultPort(match.service, port, tuple(occupied.clashing(endpoint)), bound)


def _system_service(convention: Convention, name: model.Name) -> services.Match | None:
    """Return the service that `http` or the like means in a category of system ports only."""
    ranges = convention.ranges_for(name)
    if not ranges or any(ports.last >= SYSTEM_PORTS for ports in ranges):
        return None
    service = services.by_name(name[-1])
    return None if service is None else services.Match(service, service.ports)


def ranges_for(
    registry: model.Registry, convention: Convention, name: model.Name
) -> tuple[model.PortRange, ...]:
    """Return the ranges to search for a port for the entry `name`, in order.

    They are those of its category; for a category without ranges, those near its entries.
    """
    if conventional := convention.ranges_for(name):
        return conventional
    neighbours = {
        _block(entry.ports.first)
        for entry in registry.entries
        if len(name) > 1 and entry.name[:-1] == name[:-1]
    }
    return (*sorted(neighbours), *_FALLBACK)


def _block(port: model.Port) -> model.PortRange:
    first = max(port - port % _BLOCK, 1)
    return model.PortRange(
        model.Port(first), model.Port(min(first - first % _BLOCK + _BLOCK - 1, model.MAX_PORT))
    )


def free_ports(
    occupied: OccupiedPorts, ranges: Iterable[model.PortRange], entry: UnassignedEntry
) -> Iterator[model.Port]:
    """Yield the ports of `ranges` that are available to `entry`.

    The ranges are searched in order, each from its lowest port.
    """
    previous: list[model.PortRange] = []
    for ports in ranges:
        endpoint = entry.on(ports)
        for gap in _gaps(occupied, endpoint):
            for number in range(gap.first, gap.last + 1):
                port = model.Port(number)
                is_new = not any(searched.holds(port) for searched in previous)
                if is_new and _is_available(occupied, port, endpoint.protocols):
                    yield port
        previous.append(ports)


def nearest_free_ranges(
    occupied: OccupiedPorts,
    ports: model.PortRange,
    ranges: Iterable[model.PortRange],
    entry: UnassignedEntry,
) -> Iterator[model.PortRange]:
    """Yield free ranges as large as `ports` inside `ranges`, those nearest to it first."""
    start, size = ports.first, ports.last - ports.first
    gaps = [
        gap
        for searched in ranges
        for gap in _gaps(occupied, entry.on(searched))
        if gap.last - gap.first >= size
    ]
    firsts = {first for gap in gaps for first in range(gap.first, gap.last - size + 1)}
    for first in sorted(firsts - {start}, key=lambda first: (abs(first - start), first)):
        candidate = model.PortRange(model.Port(first), model.Port(first + size))
        numbers = range(candidate.first, candidate.last + 1)
        protocols = entry.on(candidate).protocols
        if all(_is_available(occupied, model.Port(number), protocols) for number in numbers):
            yield candidate


def _is_available(
    occupied: OccupiedPorts, port: model.Port, protocols: tuple[model.Protocol, ...]
) -> bool:
    """Return whether `port` can be allocated if the registry has no entry on it."""
    return (
        restricted.browser_block(port) is None
        and not restricted.is_ephemeral(port)
        and not any(services.knows_port(port, protocol) for protocol in protocols)
        and not occupied.is_bound(port, protocols)
    )


def _gaps(occupied: OccupiedPorts, endpoint: model.Endpoint) -> Iterator[model.PortRange]:
    """Yield the parts of the ports of `endpoint` without a clashing entry."""
    start, end = endpoint.ports
    for first, last in sorted(entry.ports for entry in occupied.clashing(endpoint)):
        if start < first:
            yield model.PortRange(start, model.Port(first - 1))
        start = max(start, model.Port(last + 1))
    if start <= end:
        yield model.PortRange(start, end)
