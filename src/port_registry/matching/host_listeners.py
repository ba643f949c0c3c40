"""What the hosts of a project listen on and open, and the entries that belong to it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.facts.identifiers import normalise, split
from port_registry.matching import service_affinity
from port_registry.matching.duplicate_ports import are_double
from port_registry.matching.locality import is_local_host
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Entry, Name, Span
from port_registry.registry.clash import clash
from port_registry.registry.lookup import EntryIndex
from port_registry.sources.nix.fleet import Certainty, HostListener, Opening, PortOrigin


class Entries:
    """The registries of a project, as each host sees them."""

    def __init__(self, project: Project) -> None:
        self._parts = [(part.host, EntryIndex(part.registry)) for part in project.fleet.parts]
        if not self._parts:
            self._parts = [("", EntryIndex(project.registry))]

    def named(self, host: str, name: Name) -> Entry | None:
        """Return the entry called `name` on `host`, whose own go over the fleet's."""
        for index in self._of(host):
            entry = index.named(name)
            if entry is not None:
                return entry
        return None

    def holding(self, host: str, number: int) -> list[Entry]:
        """Return the entries of `host` that `number` is a port of."""
        found: dict[Name, Entry] = {}
        for index in self._of(host):
            for entry in index.holding(number):
                if self.named(host, entry.name) is entry:
                    found.setdefault(entry.name, entry)
        return list(found.values())

    def _of(self, host: str) -> Iterator[EntryIndex]:
        """Yield the registries of `host`, its own first."""
        yield from (index for of, index in self._parts if of and of == host)
        yield from (index for of, index in self._parts if not of)


@cached_per_project
def entries(project: Project) -> Entries:
    """Return the registries of `project`."""
    return Entries(project)


class Collision(NamedTuple):
    """Two services of a host that cannot both have their port."""

    blamed: HostListener
    """The one with the weaker claim; the later one where neither is."""
    other: HostListener
    entry: Entry | None
    """The entry that the better claim rests on."""
    hosts: tuple[str, ...]
    """Where it happens; empty where the host has no name."""
    certain: bool


def collisions(project: Project) -> Iterator[Collision]:
    """Yield the clashes between the services of each host, each once for all hosts."""
    found: dict[tuple[Span, Span], Collision] = {}
    known = entries(project)
    for host in project.fleet.hosts:
        listeners = [one for one in host.listeners if _counts(known, one)]
        for one, other in _pairs(listeners):
            collision = _collision(known, one, other)
            if collision is None:
                continue
            key = (collision.blamed.span, collision.other.span)
            first = found.setdefault(key, collision)
            if first is not collision:
                found[key] = first._replace(hosts=(*first.hosts, *collision.hosts))
    yield from found.values()


def _counts(known: Entries, listener: HostListener) -> bool:
    """Return whether a listener is likely enough to be in somebody's way.

    One that only the name of an option tells is where it takes its own entry's port.
    """
    if listener.sureness is not Certainty.POSSIBLE:
        return True
    entry = None if listener.entry is None else known.named(listener.host, listener.entry)
    return entry is not None and is_own(entry, listener)


def _pairs(listeners: Iterable[HostListener]) -> Iterator[tuple[HostListener, HostListener]]:
    """Yield the listeners of a host that meet, each later one with the first it meets."""
    seen: dict[int, list[HostListener]] = defaultdict(list)
    wide: list[HostListener] = []
    for listener in listeners:
        ports = listener.endpoint.ports
        near = [*seen[ports.first], *wide]
        if not ports.is_single():
            near = [one for of_port in seen.values() for one in of_port] + wide
        other = next((one for one in near if _meet(one, listener)), None)
        if other is not None:
            yield other, listener
        if ports.is_single():
            seen[ports.first].append(listener)
        else:
            wide.append(listener)


def _meet(one: HostListener, other: HostListener) -> bool:
    """Return whether two listeners surely want the same socket."""
    if is_same_service(one.service, other.service) or not clash(one.endpoint, other.endpoint):
        return False
    if one.span == other.span:
        return False
    addresses = one.endpoint.address, other.endpoint.address
    return None not in addresses or all(
        address is None or is_local_host(address) for address in addresses
    )


def is_same_service(one: str, other: str) -> bool:
    """Return whether two names may be of one service: `grafana` and a container `grafana`."""
    mine, theirs = normalise(one), normalise(other)
    if mine in theirs or theirs in mine:
        return True
    return bool(set(split(one)) & set(split(other)) - {"exporters", "prometheus", "server"})


def _collision(known: Entries, one: HostListener, other: HostListener) -> Collision | None:
    """Return what two listeners that meet come to, if it is no other rule's to say."""
    sureness = {one.sureness, other.sureness}
    if sureness == {Certainty.POSSIBLE}:
        return None
    backing = {id(each): backed(known, each) for each in (one, other)}
    first, second = backing[id(one)], backing[id(other)]
    if first is not None and second is not None and are_double(first, second):
        return None
    blamed, better = other, one
    if _claim(one, first) < _claim(other, second):
        blamed, better = one, other
    hosts = (one.host,) if one.host else ()
    return Collision(blamed, better, backing[id(better)], hosts, sureness == {Certainty.CERTAIN})


def backed(known: Entries, listener: HostListener) -> Entry | None:
    """Return the entry that gives `listener` its port: by reference, or by its name."""
    if listener.entry is not None:
        return known.named(listener.host, listener.entry)
    found = known.holding(listener.host, listener.endpoint.ports.first)
    entry = service_affinity.closest(found, listener.service, listener.service)
    return entry if entry is not None and is_kin(entry, listener) else None


def is_kin(entry: Entry, listener: HostListener) -> bool:
    """Return whether `entry` may be the one of the service that listens."""
    last = listener.service.rpartition(".")[2]
    return any(
        service_affinity.affinity(entry, name, name) > 0 for name in (listener.service, last)
    )


def is_own(entry: Entry, listener: HostListener) -> bool:
    """Return whether `entry` is surely the one of the service that listens."""
    last = listener.service.rpartition(".")[2]
    return any(
        service_affinity.affinity(entry, name, name) > 1 for name in (listener.service, last)
    )


def _claim(listener: HostListener, entry: Entry | None) -> tuple[bool, int]:
    """Grade the claim of a listener to its port."""
    ways = (PortOrigin.IMPLIED, PortOrigin.WRITTEN, PortOrigin.REFERENCED)
    return entry is not None, ways.index(listener.how)


class OpenedPlace(NamedTuple):
    """A place that opens a port in a firewall, on all hosts that it is part of."""

    openings: tuple[Opening, ...]
    """At least one; of one place and protocol. A host's own registry may give another port."""

    @property
    def first(self) -> Opening:
        """One for all: they differ in the host alone."""
        return self.openings[0]


def opened(project: Project) -> Iterator[OpenedPlace]:
    """Yield the places that open a port, in order."""
    found: dict[tuple[Span, str, str], list[Opening]] = defaultdict(list)
    for host in project.fleet.hosts:
        for opening in host.openings:
            found[opening.span, opening.protocol.value, opening.interface].append(opening)
    for key in sorted(found):
        yield OpenedPlace(tuple(found[key]))
