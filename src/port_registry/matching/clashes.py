"""Clashes: listeners of one machine that cannot all have their ports.

Each listener is blamed once for a port, against the first of those that have it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain

from port_registry import model
from port_registry.facts.identifiers import normalise, split
from port_registry.matching import locality, service_affinity, variable_names
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.duplicate_ports import are_duplicates
from port_registry.matching.listeners import ServiceListener, listeners
from port_registry.matching.project import Project, cached_per_project
from port_registry.registry.clash import addresses_of, clash

_COMPLETED = (model.StartCondition.COMPLETED, model.StartCondition.COMPLETED_SUCCESSFULLY)

_ORIGINS = (model.PortOrigin.IMPLIED, model.PortOrigin.WRITTEN, model.PortOrigin.REFERENCED)
"""The origins of ports, from the weakest claim to the strongest."""

_PORT_FLAGS = ("port", "p")
"""Flags by which a program of one's own is told its port, or that of another one."""


class Clash(model.NamedTuple):
    """Two listeners that cannot both have their port."""

    blamed: ServiceListener
    """The listener with the weaker claim; the later one where both are equal."""
    other: ServiceListener
    """The listener with the better claim; the same as `blamed` where the replicas of one
    service clash."""
    entry: model.Entry | None
    """The entry that has the port: the one of `other`, or else of `blamed`."""
    kind: model.MachineKind
    """The kind of the machine."""
    machines: tuple[str, ...] = ()
    """The machines on which they clash; empty where the machine has no name."""
    certain: bool = False
    twice_declared: bool = False
    """Whether it only follows from two entries with one port, which `duplicate-port` reports."""


@cached_per_project
def clashes(project: Project) -> tuple[Clash, ...]:
    """Return the clashes on all machines of `project`, each once for all machines."""
    merged: dict[tuple[object, ...], Clash] = {}
    for position, annotated in enumerate(annotated_machines(project)):
        for current in clashes_on(annotated):
            if current.twice_declared:
                continue
            blamed, other = current.blamed, current.other
            key: tuple[object, ...] = (blamed.use.shown, other.use.shown)
            if not annotated.machine.name:
                key = (position, *key, blamed.service.name, other.service.name)
            first = merged.setdefault(key, current)
            if first is not current:
                merged[key] = first._replace(machines=(*first.machines, *current.machines))
    return tuple(merged.values())


def clashes_on(annotated: AnnotatedMachine) -> Iterator[Clash]:
    """Yield the clashes between the services of one machine."""
    if annotated.machine.kind is model.MachineKind.VARIABLES:
        yield from _variable_clashes(annotated)
        return
    order = _StartOrder(annotated.machine)
    seen = _SeenListeners()
    for service in annotated.machine.services:
        if service.disabled:
            continue
        yield from _replica_clashes(annotated, service)
        found = filter(_is_likely, listeners(annotated, service))
        for listener in (*found, *_presumed_listeners(annotated, service)):
            for other in seen.near(listener):
                never_meet = order.never_overlap(other.service, service)
                if not never_meet and _can_clash(annotated, other, listener):
                    yield from _clash_between(annotated, other, listener)
                    break
            seen.add(listener)


def _clash_between(
    annotated: AnnotatedMachine, earlier: ServiceListener, later: ServiceListener
) -> Iterator[Clash]:
    """Yield the clash of two listeners that meet, if one of them is likely to be there."""
    certainties = {earlier.use.certainty, later.use.certainty}
    if model.Certainty.POSSIBLE in certainties:
        if annotated.machine.kind is not model.MachineKind.STACK:
            if len(certainties) == 1:
                return
        elif len(certainties) > 1 or _depend(earlier.service, later.service):
            # One of the two may be the client of the other.
            return
    first, second = backing_entry(annotated, earlier), backing_entry(annotated, later)
    blamed, other, entry = later, earlier, first or second
    if _claim(annotated, earlier) < _claim(annotated, later):
        blamed, other, entry = earlier, later, second or first
    mine, theirs = earlier.service.profiles, later.service.profiles
    run_together = mine == theirs or not mine.isdisjoint(theirs)
    yield Clash(
        blamed=blamed,
        other=other,
        entry=entry,
        machines=(annotated.machine.name,) if annotated.machine.name else (),
        kind=annotated.machine.kind,
        certain=certainties == {model.Certainty.CERTAIN} and run_together,
        twice_declared=first is not None and second is not None and are_duplicates(first, second),
    )


def _depend(first: model.Service, second: model.Service) -> bool:
    """Return whether one of two services waits for the other."""
    return any(
        dependency.service == other.name
        for one, other in ((first, second), (second, first))
        for dependency in one.dependencies
    )


def _presumed_listeners(
    annotated: AnnotatedMachine, service: model.Service
) -> Iterator[ServiceListener]:
    """Yield the ports that a process may listen on or connect to: `./server --port 3000`."""
    if annotated.machine.kind is not model.MachineKind.STACK:
        return
    taken = {use.number for use in service.uses if use.role in model.TAKES}
    for use in service.uses:
        is_flag = use.place is model.Place.COMMAND and use.label in _PORT_FLAGS
        port = model.port_from_int(annotated.expected_number(use))
        if use.role is model.Role.REPEATS and is_flag and port and use.number not in taken:
            taken.add(use.number)
            protocols = use.protocols or (model.Protocol.TCP,)
            endpoint = model.Endpoint(model.single(port), protocols, None, use.host)
            presumed = use._replace(certainty=model.Certainty.POSSIBLE)
            yield ServiceListener(service, presumed, endpoint, annotated.entry(use))


def backing_entry(annotated: AnnotatedMachine, listener: ServiceListener) -> model.Entry | None:
    """Return the entry that gives a listener its port: by reference, annotation or name."""
    if listener.entry is not None or listener.use.entry:
        return listener.entry
    service = listener.service
    entries = annotated.entries.holding(listener.endpoint.ports.first)
    if annotated.machine.kind is not model.MachineKind.HOST:
        return service_affinity.closest(entries, service.name, service.program)
    entry = service_affinity.closest(entries, service.name, service.name)
    return entry if entry is not None and affinity_on_host(entry, service) else None


def affinity_on_host(entry: model.Entry, service: model.Service) -> int:
    """Return the affinity of `entry` and a service of a host, which may have a qualified name."""
    names = (service.name, service.name.rpartition(".")[2])
    return max(service_affinity.affinity(entry, name, name) for name in names)


def _is_likely(listener: ServiceListener) -> bool:
    """Return whether a listener is likely enough to be there.

    One that is known by the name of an option only is where it has its own entry's port.
    """
    if listener.use.certainty is not model.Certainty.POSSIBLE:
        return True
    return listener.entry is not None and affinity_on_host(listener.entry, listener.service) > 1


def _variable_clashes(annotated: AnnotatedMachine) -> Iterator[Clash]:
    """Yield the clashes of variables that have the port of another one's entry.

    A variable is blamed that names an entry with another port: `POSTGRES_PORT=3000` next to
    `API_PORT=3000`, where 3000 is the API's.
    """
    by_number: dict[int, list[model.Use]] = defaultdict(list)
    for use in annotated.machine.shared:
        if use.ports is not None and use.label and locality.is_local(use):
            by_number[use.number].append(use)
    for number, uses in by_number.items():
        for owner in annotated.entries.holding(number)[:1]:
            astray = [
                use
                for use in uses
                if variable_names.names_other_entry(annotated, use, owner)
                and annotated.entry(use) in (None, owner)
            ]
            others = [use for use in uses if use not in astray]
            for use in astray if others else ():
                yield Clash(
                    blamed=_variable_listener(use, owner),
                    other=_variable_listener(others[0], owner),
                    entry=owner,
                    kind=annotated.machine.kind,
                )


def _variable_listener(use: model.Use, owner: model.Entry) -> ServiceListener:
    """Return the variable of `use` as a listener on the port of `owner`."""
    service = model.Service(name=use.label, span=use.span, uses=(use,))
    return ServiceListener(service, use, owner.endpoint, None)


class _SeenListeners:
    """The listeners seen so far, by port and address."""

    def __init__(self) -> None:
        self.all: list[ServiceListener] = []
        self.wide: list[ServiceListener] = []
        self.single: dict[int, list[int]] = defaultdict(list)
        """The positions in `all` of the listeners on each port."""
        self.by_address: dict[tuple[int, str], list[int]] = defaultdict(list)
        """Those on each address of a port; "" is any address."""

    def near(self, listener: ServiceListener) -> Iterator[ServiceListener]:
        """Return the listeners whose ports and addresses may meet those of `listener`.

        They are in the order in which they were added, the ranges last. One that meets
        `listener` on two addresses may be there twice.
        """
        ports, addresses = listener.endpoint.ports, addresses_of(listener.endpoint.address)
        if not ports.is_single():
            return iter(self.all)
        positions: Iterable[int] = self.single.get(ports.first, ())
        if addresses:
            keys = ((ports.first, address) for address in (*addresses, ""))
            positions = merge(*(self.by_address.get(key, ()) for key in keys))
        return chain((self.all[position] for position in positions), self.wide)

    def add(self, listener: ServiceListener) -> None:
        """Add `listener`."""
        ports, position = listener.endpoint.ports, len(self.all)
        self.all.append(listener)
        if not ports.is_single():
            self.wide.append(listener)
            return
        self.single[ports.first].append(position)
        for address in addresses_of(listener.endpoint.address) or ("",):
            self.by_address[ports.first, address].append(position)


def _can_clash(
    annotated: AnnotatedMachine, earlier: ServiceListener, later: ServiceListener
) -> bool:
    """Return whether two listeners surely want the same socket."""
    if not clash(earlier.endpoint, later.endpoint):
        return False
    if annotated.machine.kind is not model.MachineKind.HOST:
        shared = earlier.use.span == later.use.span and earlier.use.place is model.Place.ENVIRONMENT
        return earlier.service.name != later.service.name and not shared
    is_one_place = earlier.use.span == later.use.span
    if is_one_place or (
        is_same_service(earlier.service.name, later.service.name)
        and not _are_instances(earlier.use.keys, later.use.keys)
    ):
        return False
    addresses = earlier.endpoint.address, later.endpoint.address
    return None not in addresses or all(
        address is None or locality.is_local_host(address) for address in addresses
    )


def is_same_service(first: str, second: str) -> bool:
    """Return whether two names may be of one service: `grafana` and a container `grafana`."""
    first_name, second_name = normalise(first), normalise(second)
    if first_name in second_name or second_name in first_name:
        return True
    return bool(set(split(first)) & set(split(second)) - {"exporters", "prometheus", "server"})


def _are_instances(first: model.KeyPath, second: model.KeyPath) -> bool:
    """Return whether two options are the same one of two instances: `servers.a.port`."""
    differing = [at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b]
    return len(first) == len(second) > 3 and differing == [len(first) - 2] and None not in first


def _claim(annotated: AnnotatedMachine, listener: ServiceListener) -> tuple[bool, int, int]:
    """Return a grade of the listener's claim to its port."""
    service, entry = listener.service, listener.entry
    if annotated.machine.kind is model.MachineKind.HOST:
        entry = backing_entry(annotated, listener)
        return entry is not None, 0, _ORIGINS.index(listener.use.origin)
    if entry is None:
        return False, 0, 0
    return True, service_affinity.affinity(entry, service.name, service.program), 0


def _replica_clashes(annotated: AnnotatedMachine, service: model.Service) -> Iterator[Clash]:
    """Yield a clash for each port that all replicas of `service` would take.

    Where a number varies with the replica, or may, there is none.
    """
    if service.replicas < 2 or service.varying:
        return
    all_listeners = listeners(annotated, service)
    numbers_by_span: dict[model.Span, set[int]] = defaultdict(set)
    for listener in all_listeners:
        numbers_by_span[listener.use.span].add(listener.use.number)
    if any(len(numbers) > 1 for numbers in numbers_by_span.values()):
        return
    for listener in all_listeners:
        if listener.endpoint.ports.is_single():
            entry, kind = backing_entry(annotated, listener), annotated.machine.kind
            yield Clash(blamed=listener, other=listener, entry=entry, kind=kind, certain=True)


class _StartOrder:
    """The order in which the services of a machine start and end."""

    def __init__(self, machine: model.Machine) -> None:
        self.services = {service.name: service for service in machine.services}
        self.finished: dict[str, set[str]] = {}

    def never_overlap(self, first: model.Service, second: model.Service) -> bool:
        """Return whether one of the two starts only after the other has ended.

        Nor do services overlap that have profiles, and none in common.
        """
        if first.profiles and second.profiles and first.profiles.isdisjoint(second.profiles):
            return True
        return first.name in self._ended_before(second) or second.name in self._ended_before(first)

    def _ended_before(self, service: model.Service) -> set[str]:
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
