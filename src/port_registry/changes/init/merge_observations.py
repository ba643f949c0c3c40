"""Merging of observations: entry candidates, and contests between them for a port."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

from port_registry.changes.init import service_identification
from port_registry.changes.init.name_words import NameStyle, attribute_name
from port_registry.changes.init.observation import Observation, SkippedPort, Weight
from port_registry.facts import services
from port_registry.facts.identifiers import normalise
from port_registry.model import NamedTuple, PortRange, Protocol, Span

UNNAMED = "nothing says whose it is"

_MOST_CLUSTERS = 50
"""The number of services on one port that are compared with each other."""


class EntryCandidate(NamedTuple):
    """A service on a port, which may become an entry."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value."""
    observations: tuple[Observation, ...]
    """The most informative one first."""
    known_service: services.KnownService | None
    """The well-known service that it is."""

    @property
    def best(self) -> Observation:
        """The most informative observation."""
        return self.observations[0]


class Contest(NamedTuple):
    """Two services on one port."""

    winner: EntryCandidate
    """The service that gets the port."""
    loser: EntryCandidate


class MergedObservations(NamedTuple):
    """The result of merging all observations."""

    candidates: tuple[EntryCandidate, ...]
    """By port; no two of them clash."""
    contests: tuple[Contest, ...]
    unnamed: tuple[SkippedPort, ...]
    """Ports whose service nothing names."""


def merge_observations(observations: Iterable[Observation]) -> MergedObservations:
    """Return the candidates that `observations` result in."""
    by_ports: dict[PortRange, list[Observation]] = defaultdict(list)
    for observation in sorted(map(_without_unusable_name, observations), key=_informative_first):
        by_ports[observation.ports].append(observation)
    candidates: list[EntryCandidate] = []
    unnamed: list[SkippedPort] = []
    for ports, on_port in sorted(by_ports.items()):
        if on_port[0].weight is Weight.NAMELESS:
            unnamed.append(SkippedPort(UNNAMED, str(ports), ports.first, on_port[0].span))
        else:
            candidates += _candidates(ports, on_port)
    accepted = _AcceptedCandidates()
    contests: list[Contest] = []
    for candidate in sorted(candidates, key=_rank):
        winner = accepted.add(candidate)
        if winner is not None and not is_same_service(winner.best, candidate.best):
            contests.append(Contest(winner, candidate))
    return MergedObservations(
        candidates=tuple(sorted(accepted.all, key=lambda candidate: candidate.ports)),
        contests=tuple(contests),
        unnamed=tuple(unnamed),
    )


def _informative_first(observation: Observation) -> tuple[int, bool, Span]:
    """Return the key that sorts observations, the most informative ones first."""
    is_generic = service_identification.is_generic_name(observation.service)
    return -observation.weight, is_generic, observation.span


def _without_unusable_name(observation: Observation) -> Observation:
    """Return `observation`, without its service's name if no attribute can be made of it."""
    if observation.entry or attribute_name(observation.service, NameStyle.CAMEL):
        return observation
    return observation._replace(service="", weight=Weight.NAMELESS)


def _rank(candidate: EntryCandidate) -> tuple[bool, int, bool, Span]:
    """Return the key that sorts candidates, those with the best claim to their port first."""
    best, known = candidate.best, candidate.known_service
    first = candidate.ports.first
    is_default = known is not None and any(port.port == first for port in known.ports)
    return not best.entry, -best.weight, not is_default, best.span


def is_same_service(first: Observation, second: Observation) -> bool:
    """Return whether two observations on one port are of one service."""
    if first.known_service is not None and first.known_service == second.known_service:
        return True
    return service_identification.are_same_service(first.service, second.service)


def _candidates(ports: PortRange, observations: list[Observation]) -> list[EntryCandidate]:
    """Return the candidates for `ports`.

    Less informative observations are added to the candidates that they can mean.
    """
    least = min(observations[0].weight, Weight.LISTENS)
    clusters: list[list[Observation]] = []
    by_name: dict[str, list[Observation]] = {}
    for observation in observations:
        cluster = by_name.get(normalise(observation.service)) if observation.service else None
        if cluster is None:
            compared = clusters[:_MOST_CLUSTERS]
            cluster = next((own for own in compared if is_same_service(observation, own[0])), None)
        is_weak = observation.weight < least or least < Weight.LISTENS
        if cluster is None and clusters and is_weak:
            cluster = next((own for own in clusters if _shares_protocol(observation, own)), None)
        if cluster is None and observation.weight is Weight.NAMELESS:
            continue
        if cluster is None:
            cluster = list[Observation]()
            clusters.append(cluster)
        cluster.append(observation)
        by_name.setdefault(normalise(observation.service), cluster)
    return [
        EntryCandidate(
            ports=ports,
            protocols=_protocols(ports, cluster),
            observations=tuple(cluster),
            known_service=_known_service(cluster),
        )
        for cluster in clusters
    ]


def _known_service(observations: list[Observation]) -> services.KnownService | None:
    """Return the well-known service that `observations` are of."""
    same = (item for item in observations if is_same_service(item, observations[0]))
    return next((item.known_service for item in same if item.known_service is not None), None)


def _shares_protocol(observation: Observation, cluster: list[Observation]) -> bool:
    """Return whether an observation can be of a protocol of the service in `cluster`."""
    protocols = {protocol for own in cluster for protocol in own.protocols}
    if not protocols or not observation.protocols:
        return True
    return not protocols.isdisjoint(observation.protocols)


def _protocols(ports: PortRange, observations: list[Observation]) -> tuple[Protocol, ...]:
    protocols = {protocol for observation in observations for protocol in observation.protocols}
    if not protocols:
        known = observations[0].known_service
        name = observations[0].service if known is None else known.name
        protocols.update(services.protocols_on((name,), ports) if name else ())
    return tuple(sorted(protocols or {Protocol.TCP}, key=lambda protocol: protocol.value))


class _AcceptedCandidates:
    """The candidates that get their ports; no two of them clash on a protocol."""

    def __init__(self) -> None:
        self.all: list[EntryCandidate] = []
        self._by_protocol: dict[Protocol, list[tuple[PortRange, int]]] = defaultdict(list)

    def add(self, candidate: EntryCandidate) -> EntryCandidate | None:
        """Add `candidate`, or return the one that has its ports already."""
        for protocol in candidate.protocols:
            accepted = self._by_protocol[protocol]
            position = bisect_right(accepted, candidate.ports.first, key=lambda pair: pair[0].first)
            for ports, number in accepted[max(position - 1, 0) : position + 1]:
                if ports.meets(candidate.ports):
                    return self.all[number]
        for protocol in candidate.protocols:
            insort(self._by_protocol[protocol], (candidate.ports, len(self.all)), key=itemgetter(0))
        self.all.append(candidate)
        return None
