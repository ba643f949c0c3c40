"""Services of one machine that cannot all have their ports.

Each listener is blamed once for a port, against the first of those that have it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts.identifiers import normalise, split
from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine, annotated_machines
from port_registry.matching.duplicate_ports import are_double
from port_registry.matching.listeners import Listening, listeners
from port_registry.matching.locality import is_local_host
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import (
    Certainty,
    Entry,
    Machine,
    MachineKind,
    Place,
    PortOrigin,
    Service,
    Span,
    StartCondition,
)
from port_registry.registry.clash import clash

_COMPLETED = (StartCondition.COMPLETED, StartCondition.COMPLETED_SUCCESSFULLY)

_ORIGINS = (PortOrigin.IMPLIED, PortOrigin.WRITTEN, PortOrigin.REFERENCED)
"""From the weakest claim to a port to the strongest."""


class Clash(NamedTuple):
    """Two listeners that cannot both have their port."""

    blamed: Listening
    """The one with the weaker claim; the later one where neither is."""
    other: Listening
    """The one with the better claim; the same as `blamed` where the replicas of one
    service clash."""
    entry: Entry | None
    """The entry that has the port: the one of `other`, or else of `blamed`."""
    machines: tuple[str, ...]
    """Where it happens; empty where the machine has no name."""
    certain: bool
    twice_declared: bool
    """Whether it only follows from two entries with one port, which is `duplicate-port`'s."""


@cached_per_project
def clashes(project: Project) -> tuple[Clash, ...]:
    """Return the clashes on all machines of `project`, each once for all machines."""
    merged: dict[tuple[object, ...], Clash] = {}
    for at, ties in enumerate(annotated_machines(project)):
        for found in clashes_on(ties):
            if found.twice_declared:
                continue
            key: tuple[object, ...] = (found.blamed.use.shown, found.other.use.shown)
            if not ties.machine.name:
                key = (at, *key, found.blamed.service.name, found.other.service.name)
            first = merged.setdefault(key, found)
            if first is not found:
                merged[key] = first._replace(machines=(*first.machines, *found.machines))
    return tuple(merged.values())


def clashes_on(ties: AnnotatedMachine) -> Iterator[Clash]:
    """Yield the clashes between the services of one machine."""
    order = _Order(ties.machine)
    seen = _SeenListeners()
    for service in ties.machine.services:
        if service.disabled:
            continue
        yield from _among_replicas(ties, service)
        for listening in listeners(ties, service):
            if not _counts(listening):
                continue
            for other in seen.near(listening):
                if _can_clash(ties, other, listening) and not order.apart(other.service, service):
                    found = _clash(ties, other, listening)
                    if found is not None:
                        yield found
                    break
            seen.add(listening)


def _clash(ties: AnnotatedMachine, earlier: Listening, later: Listening) -> Clash | None:
    """Return what two listeners that meet come to, if they surely are there."""
    certainties = {earlier.use.certainty, later.use.certainty}
    if certainties == {Certainty.POSSIBLE}:
        return None
    entries = backing_entry(ties, earlier), backing_entry(ties, later)
    first, second = entries
    twice = first is not None and second is not None and are_double(first, second)
    blamed, other, entry = later, earlier, first or second
    if _claim(ties, earlier) < _claim(ties, later):
        blamed, other, entry = earlier, later, second or first
    machines = (ties.machine.name,) if ties.machine.name else ()
    return Clash(blamed, other, entry, machines, certainties == {Certainty.CERTAIN}, twice)


def backing_entry(ties: AnnotatedMachine, listening: Listening) -> Entry | None:
    """Return the entry that gives a listener its port: by reference, annotation or name."""
    if listening.entry is not None or listening.use.entry:
        return listening.entry
    service = listening.service
    entries = ties.entries.holding(listening.endpoint.ports.first)
    if ties.machine.kind is not MachineKind.HOST:
        return service_affinity.closest(entries, service.name, service.program)
    entry = service_affinity.closest(entries, service.name, service.name)
    return entry if entry is not None and may_be_of(entry, service) else None


def may_be_of(entry: Entry, service: Service) -> bool:
    """Return whether `entry` may be the one of `service`."""
    return _affinity(entry, service) > 0


def _affinity(entry: Entry, service: Service) -> int:
    names = (service.name, service.name.rpartition(".")[2])
    return max(service_affinity.affinity(entry, name, name) for name in names)


def _counts(listening: Listening) -> bool:
    """Return whether a listener is likely enough to be in somebody's way.

    One that only the name of an option tells is where it takes its own entry's port.
    """
    if listening.use.certainty is not Certainty.POSSIBLE:
        return True
    return listening.entry is not None and _affinity(listening.entry, listening.service) > 1


class _SeenListeners:
    """The listeners met so far, by port."""

    def __init__(self) -> None:
        self.all: list[Listening] = []
        self.wide: list[Listening] = []
        self.single: dict[int, list[Listening]] = defaultdict(list)

    def near(self, listening: Listening) -> list[Listening]:
        """Return those whose ports may meet the ports of `listening`."""
        ports = listening.endpoint.ports
        return [*self.single[ports.first], *self.wide] if ports.is_single() else self.all

    def add(self, listening: Listening) -> None:
        """Add `listening`."""
        ports = listening.endpoint.ports
        self.all.append(listening)
        (self.single[ports.first] if ports.is_single() else self.wide).append(listening)


def _can_clash(ties: AnnotatedMachine, earlier: Listening, later: Listening) -> bool:
    """Return whether two listeners surely want the same socket."""
    if not clash(earlier.endpoint, later.endpoint):
        return False
    if ties.machine.kind is not MachineKind.HOST:
        shared = earlier.use.span == later.use.span and earlier.use.place is Place.ENVIRONMENT
        return earlier.service.name != later.service.name and not shared
    if is_same_service(earlier.service.name, later.service.name):
        return False
    if earlier.use.span == later.use.span:
        return False
    addresses = earlier.endpoint.address, later.endpoint.address
    return None not in addresses or all(
        address is None or is_local_host(address) for address in addresses
    )


def is_same_service(one: str, other: str) -> bool:
    """Return whether two names may be of one service: `grafana` and a container `grafana`."""
    mine, theirs = normalise(one), normalise(other)
    if mine in theirs or theirs in mine:
        return True
    return bool(set(split(one)) & set(split(other)) - {"exporters", "prometheus", "server"})


def _claim(ties: AnnotatedMachine, listening: Listening) -> tuple[bool, int, int]:
    """Grade the claim of a listener to its port."""
    service, entry = listening.service, listening.entry
    if ties.machine.kind is MachineKind.HOST:
        entry = backing_entry(ties, listening)
        return entry is not None, 0, _ORIGINS.index(listening.use.origin)
    if entry is None:
        return False, 0, 0
    return True, service_affinity.affinity(entry, service.name, service.program), 0


def _among_replicas(ties: AnnotatedMachine, service: Service) -> Iterator[Clash]:
    """Yield a clash for each port that all replicas of `service` would take.

    Where a number is known to vary with the replica, or may, nothing is said.
    """
    if service.replicas < 2 or service.varying:
        return
    taken = listeners(ties, service)
    places: dict[Span, set[int]] = defaultdict(set)
    for listening in taken:
        places[listening.use.span].add(listening.use.number)
    if all(len(numbers) == 1 for numbers in places.values()):
        for listening in taken:
            entry = backing_entry(ties, listening)
            yield Clash(listening, listening, entry, (), certain=True, twice_declared=False)


class _Order:
    """Which services never run at the same time."""

    def __init__(self, machine: Machine) -> None:
        self.services = {service.name: service for service in machine.services}
        self.finished: dict[str, set[str]] = {}

    def apart(self, one: Service, other: Service) -> bool:
        """Return whether one of the two starts only after the other has ended."""
        return one.name in self._ended_before(other) or other.name in self._ended_before(one)

    def _ended_before(self, service: Service) -> set[str]:
        """Return the services that have ended when `service` starts.

        It starts after all that it waits for have started, and those after what they wait
        for has ended.
        """
        known = self.finished.get(service.name)
        if known is not None:
            return known
        ended = set[str]()
        seen = {service.name}
        waiting = [service]
        while waiting:
            for dependency in waiting.pop().dependencies:
                if dependency.condition in _COMPLETED:
                    ended.add(dependency.service)
                target = self.services.get(dependency.service)
                if target is not None and target.name not in seen:
                    seen.add(target.name)
                    waiting.append(target)
        self.finished[service.name] = ended
        return ended
