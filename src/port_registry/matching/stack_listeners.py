"""What the processes of a stack listen on, and which of them cannot do so at once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedStack
from port_registry.model import (
    Endpoint,
    Entry,
    Place,
    Protocol,
    Role,
    Span,
    Use,
    port_from_int,
    single,
)
from port_registry.registry.clash import clash
from port_registry.sources.process_compose.stack_model import (
    Server,
    Stack,
    StackProcess,
    StartCondition,
)

_MANAGER_ADDRESS = "localhost"
"""Where process-compose's server listens unless told otherwise."""

_COMPLETED = (StartCondition.COMPLETED, StartCondition.COMPLETED_SUCCESSFULLY)


class StackListener(NamedTuple):
    """One process on one port."""

    process: StackProcess
    use: Use
    """The first place that names the port."""
    endpoint: Endpoint
    """What it takes once no number is drifted any more."""
    entry: Entry | None
    """The entry that it refers to, or that an annotation gives it."""


class Clash(NamedTuple):
    """Two listeners that cannot both have their port."""

    blamed: StackListener
    """The one with the weaker claim; the later one where neither is."""
    other: StackListener
    """The one with the better claim; the same as `blamed` where the replicas of one
    process clash."""


def listeners(ties: AnnotatedStack, process: StackProcess) -> list[StackListener]:
    """Return what `process` listens on: one for each port and address, in order."""
    found: dict[Endpoint, StackListener] = {}
    for use in process.uses:
        if use.role is not Role.LISTENS:
            continue
        endpoint = _endpoint(ties, use)
        if endpoint is None:
            continue
        listener = StackListener(process, use, endpoint, ties.entry(use))
        known = found.get(endpoint)
        if known is None or (known.entry is None and listener.entry is not None):
            found[endpoint] = listener
    return list(found.values())


def _endpoint(ties: AnnotatedStack, use: Use) -> Endpoint | None:
    """Return what `use` listens on once it has the number it should have."""
    port = port_from_int(ties.number(use))
    if port is None:
        return None
    ports = use.ports if use.ports is not None and port == use.number else single(port)
    entry = ties.entry(use)
    if use.protocol is not None:
        protocols: tuple[Protocol, ...] = (use.protocol,)
    elif entry is not None:
        protocols = entry.endpoint.protocols
    else:
        protocols = (Protocol.TCP,)
    return Endpoint(ports, protocols, None, use.host)


def clashes(ties: AnnotatedStack) -> Iterator[Clash]:
    """Yield the clashes between the processes of a stack.

    Each listener is blamed once for a port, against the first of those that have it.
    """
    enabled = [process for process in ties.stack.processes if not process.disabled]
    order = _Order(ties.stack)
    seen = _SeenListeners()
    for process in enabled:
        yield from _among_replicas(ties, process)
        for listener in listeners(ties, process):
            for other in seen.near(listener):
                if _can_clash(other, listener) and not order.apart(other.process, process):
                    weaker = _claim(listener) <= _claim(other)
                    yield Clash(listener, other) if weaker else Clash(other, listener)
                    break
            seen.add(listener)


def on_manager(ties: AnnotatedStack, server: Server) -> Iterator[StackListener]:
    """Yield the listeners, one a process, that want the port of process-compose's server."""
    port = port_from_int(server.port)
    if port is None:
        return
    taken = Endpoint(single(port), (Protocol.TCP,), None, _MANAGER_ADDRESS)
    for process in ties.stack.processes:
        found = [one for one in listeners(ties, process) if clash(one.endpoint, taken)]
        if found and not process.disabled:
            yield found[0]


class _SeenListeners:
    """The listeners met so far, by port."""

    def __init__(self) -> None:
        self.all: list[StackListener] = []
        self.wide: list[StackListener] = []
        self.single: dict[int, list[StackListener]] = defaultdict(list)

    def near(self, listener: StackListener) -> list[StackListener]:
        """Return those whose ports may meet the ports of `listener`."""
        ports = listener.endpoint.ports
        return [*self.single[ports.first], *self.wide] if ports.is_single() else self.all

    def add(self, listener: StackListener) -> None:
        """Add `listener`."""
        ports = listener.endpoint.ports
        self.all.append(listener)
        (self.single[ports.first] if ports.is_single() else self.wide).append(listener)


def _can_clash(one: StackListener, other: StackListener) -> bool:
    """Return whether two listeners want the same socket for all that is known."""
    if one.process.name == other.process.name:
        return False
    inherited = one.use.span == other.use.span and one.use.place is Place.ENVIRONMENT
    return not inherited and clash(one.endpoint, other.endpoint)


def _claim(listener: StackListener) -> int:
    """Grade the claim of a listener to its port."""
    if listener.entry is None:
        return 0
    return 1 + service_affinity.affinity(
        listener.entry, listener.process.name, listener.process.program
    )


def _among_replicas(ties: AnnotatedStack, process: StackProcess) -> Iterator[Clash]:
    """Yield a clash for each port that all replicas of `process` would take.

    Where a number is known to vary with the replica, or may, nothing is said.
    """
    if process.replicas < 2 or process.varying:
        return
    found = listeners(ties, process)
    places: dict[Span, set[int]] = defaultdict(set)
    for listener in found:
        places[listener.use.span].add(listener.use.number)
    if all(len(numbers) == 1 for numbers in places.values()):
        for listener in found:
            yield Clash(listener, listener)


class _Order:
    """Which processes never run at the same time."""

    def __init__(self, stack: Stack) -> None:
        self.processes = {process.name: process for process in stack.processes}
        self.finished: dict[str, set[str]] = {}

    def apart(self, one: StackProcess, other: StackProcess) -> bool:
        """Return whether one of the two starts only after the other has ended."""
        return one.name in self._ended_before(other) or other.name in self._ended_before(one)

    def _ended_before(self, process: StackProcess) -> set[str]:
        """Return the processes that have ended when `process` starts.

        It starts after all that it waits for have started, and those after what they wait
        for has ended.
        """
        known = self.finished.get(process.name)
        if known is not None:
            return known
        ended = set[str]()
        seen = {process.name}
        waiting = [process]
        while waiting:
            for dependency in waiting.pop().dependencies:
                if dependency.condition in _COMPLETED:
                    ended.add(dependency.process)
                target = self.processes.get(dependency.process)
                if target is not None and target.name not in seen:
                    seen.add(target.name)
                    waiting.append(target)
        self.finished[process.name] = ended
        return ended
