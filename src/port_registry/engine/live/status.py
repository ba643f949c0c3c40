"""Every entry beside what is bound now, and what is bound that no entry declares."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from port_registry.engine.live.holding import named
from port_registry.engine.live.reaching import Reach
from port_registry.engine.live.standing import (
    Holder,
    Standing,
    State,
    groups_of,
    holder_of,
    stand,
)
from port_registry.engine.loading import load_registry
from port_registry.engine.progress import Progress
from port_registry.engine.stacks import stacks_in_files
from port_registry.engine.workspace import Workspace
from port_registry.live.host import is_here, name_of_host
from port_registry.live.sockets import listeners
from port_registry.model.entry import Entry, Registry
from port_registry.model.listener import Held
from port_registry.sources.process_compose.project import Stack


class Status(NamedTuple):
    """What is declared and what is bound, side by side."""

    registry: Registry
    host: str
    """What this machine calls itself."""
    standings: tuple[Standing, ...]
    """One for each entry, in the registry's order."""
    undeclared: tuple[Holder, ...]
    """Who listens on ports that no entry of this machine declares, by the lowest port."""
    complete: bool
    """Whether the system showed all that is bound."""

    def disagrees(self) -> bool:
        """Tell whether anything that is bound is not what is declared."""
        return any(one.disagrees() for one in self.standings)


class Stacks:
    """The stacks of a project, read when they are first asked for."""

    __slots__ = ("_found", "_read")

    def __init__(self, read: Callable[[], Iterable[Stack]]) -> None:
        self._read = read
        self._found: tuple[Stack, ...] | None = None

    def __iter__(self) -> Iterator[Stack]:
        if self._found is None:
            self._found = tuple(self._read())
        return iter(self._found)


def stacks_of(workspace: Workspace, progress: Progress) -> Stacks:
    """Return the stacks of the project, which take a while to read and are seldom needed."""
    return Stacks(lambda: stacks_in_files(workspace, progress))


def status(workspace: Workspace, progress: Progress) -> Status:
    """Return what is declared and what is bound; raises what reading the registry raises."""
    registry = load_registry(workspace)
    stacks = stacks_of(workspace, progress)
    sockets = listeners()
    held = _by_port(named(sockets))
    standings = tuple(
        stand(entry, _on(entry, held), stacks, complete=sockets.complete)
        if is_of_this_machine(entry)
        else away(entry)
        for entry in registry.entries
    )
    declared = {
        listener
        for standing in standings
        for holder in standing.holders
        for listener in holder.listeners
    }
    rest = [
        one
        for port in sorted(held)
        for one in held[port]
        if one.listener.listens and one.listener not in declared
    ]
    undeclared = tuple(holder_of(group) for group in groups_of(rest))
    return Status(registry, name_of_host(), standings, undeclared, sockets.complete)


def is_of_this_machine(entry: Entry) -> bool:
    """Tell whether the registry gives the entry to this machine, or to none."""
    return entry.endpoint.host is None or is_here(entry.endpoint.host)


def away(entry: Entry) -> Standing:
    """Return what an entry of another machine comes to: nothing is looked at."""
    return Standing(entry, State.AWAY, "", (), Reach.DECLARED)


def _by_port(held: Iterable[Held]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {}
    for one in held:
        found.setdefault(one.listener.port, []).append(one)
    return found


def _on(entry: Entry, held: dict[int, list[Held]]) -> list[Held]:
    """Return what is held on the ports of `entry`."""
    ports = entry.endpoint.ports
    if ports.is_single():
        return held.get(ports.first, [])
    return [one for port in held if ports.first <= port <= ports.last for one in held[port]]
