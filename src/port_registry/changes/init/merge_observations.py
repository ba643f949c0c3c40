"""Sightings of one service on one port put together, and what two services both want."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from port_registry.changes.init import service_identification
from port_registry.changes.init.name_words import NameStyle, attribute
from port_registry.changes.init.observation import Left, Sighting, Weight
from port_registry.facts import services
from port_registry.facts.identifiers import normalise
from port_registry.model import PortRange, Protocol, Span

NOBODYS = "nothing says whose it is"

_MOST_CLUSTERS = 50
"""More services than this on one port are not compared with one another."""


class PortWish(NamedTuple):
    """A service that wants a port."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value."""
    sightings: tuple[Sighting, ...]
    """The one that says most first."""

    known: services.KnownService | None
    """The well-known service that it is."""

    @property
    def best(self) -> Sighting:
        """The sighting that says most."""
        return self.sightings[0]


class Contest(NamedTuple):
    """Two services that want one port."""

    kept: PortWish
    """The one that gets it."""
    other: PortWish


class MergedWishes(NamedTuple):
    """What all sightings come to."""

    claims: tuple[PortWish, ...]
    """No two of them clash; by port."""
    contests: tuple[Contest, ...]
    nobodys: tuple[Left, ...]
    """Ports that nothing names."""


def merge(sightings: Iterable[Sighting]) -> MergedWishes:
    """Put `sightings` together."""
    by_ports: dict[PortRange, list[Sighting]] = defaultdict(list)
    for one in sorted(map(_heard, sightings), key=_says_most):
        by_ports[one.ports].append(one)
    claims: list[PortWish] = []
    nobodys: list[Left] = []
    for ports, found in sorted(by_ports.items()):
        if found[0].weight is Weight.NAMELESS:
            nobodys += [Left(NOBODYS, str(ports), ports.first, one.span) for one in found[:1]]
        else:
            claims += _claims(ports, found)
    kept = _Kept()
    contests = [
        Contest(winner, claim)
        for claim in sorted(claims, key=_rank)
        if (winner := kept.take(claim)) is not None and not is_kin(winner.best, claim.best)
    ]
    return MergedWishes(
        tuple(sorted(kept.all, key=lambda one: one.ports)), tuple(contests), (*nobodys,)
    )


def _says_most(sighting: Sighting) -> tuple[int, bool, Span]:
    """Return what sightings are sorted by: those that say most first."""
    return -sighting.weight, service_identification.is_kind(sighting.service), sighting.span


def _heard(sighting: Sighting) -> Sighting:
    """Return a sighting that calls a service what no name can be made of as one without it."""
    if sighting.entry or attribute(sighting.service, NameStyle.CAMEL):
        return sighting
    return sighting._replace(service="", weight=Weight.NAMELESS)


def _rank(claim: PortWish) -> tuple[bool, int, bool, object]:
    """Return what claims are sorted by: the one with the best right to its port first."""
    best = claim.best
    own = claim.known
    is_own = own is not None and any(port.port == claim.ports.first for port in own.ports)
    return not best.entry, -best.weight, not is_own, best.span


def is_kin(one: Sighting, other: Sighting) -> bool:
    """Return whether two sightings on one port are of one service."""
    if one.known and one.known == other.known:
        return True
    return service_identification.same(one.service, other.service)


def _claims(ports: PortRange, sightings: list[Sighting]) -> list[PortWish]:
    """Return who wants `ports`; the sightings that say little go to whom they can mean."""
    least = min(sightings[0].weight, Weight.LISTENS)
    clusters: list[list[Sighting]] = []
    by_name: dict[str, list[Sighting]] = {}
    for one in sightings:
        home: list[Sighting] | None = by_name.get(normalise(one.service)) if one.service else None
        if home is None:
            home = next((own for own in clusters[:_MOST_CLUSTERS] if is_kin(one, own[0])), None)
        is_weak = one.weight < least or least < Weight.LISTENS
        if home is None and clusters and is_weak:
            home = next((own for own in clusters if _shares(one, own)), None)
        if home is None and one.weight is Weight.NAMELESS:
            continue
        if home is None:
            home = []
            clusters.append(home)
        home.append(one)
        by_name.setdefault(normalise(one.service), home)
    return [PortWish(ports, _protocols(ports, own), tuple(own), _known(own)) for own in clusters]


def _known(sightings: list[Sighting]) -> services.KnownService | None:
    """Return the well-known service that what was sighted is."""
    best = sightings[0]
    names = [best.known] if best.known else [one.known for one in sightings if is_kin(one, best)]
    return next((services.by_name(name) for name in names if name), None)


def _shares(one: Sighting, cluster: list[Sighting]) -> bool:
    """Return whether a sighting can be of the protocol that a service is on."""
    said = {protocol for own in cluster for protocol in own.protocols}
    return not said or not one.protocols or not said.isdisjoint(one.protocols)


def _protocols(ports: PortRange, sightings: list[Sighting]) -> tuple[Protocol, ...]:
    said = {protocol for one in sightings for protocol in one.protocols}
    if not said:
        name = sightings[0].known or sightings[0].service
        said.update(services.protocols_on((name,), ports) if name else ())
    return tuple(sorted(said or {Protocol.TCP}, key=lambda one: one.value))


class _Kept:
    """The claims that got their ports; of each protocol they are apart."""

    def __init__(self) -> None:
        self.all: list[PortWish] = []
        self._by_protocol: dict[Protocol, list[tuple[PortRange, int]]] = defaultdict(list)

    def take(self, claim: PortWish) -> PortWish | None:
        """Keep `claim`; return the one that has its ports where it cannot be kept."""
        for protocol in claim.protocols:
            known = self._by_protocol[protocol]
            at = bisect_right(known, claim.ports.first, key=lambda one: one[0].first)
            for ports, number in known[max(at - 1, 0) : at + 1]:
                if ports.meets(claim.ports):
                    return self.all[number]
        for protocol in claim.protocols:
            insort(self._by_protocol[protocol], (claim.ports, len(self.all)), key=itemgetter(0))
        self.all.append(claim)
        return None
