"""Who is on one port, or on the ports of one entry."""

from typing import NamedTuple

from port_registry.model.errors import RegistryError
from port_registry.model.port import PortRange, Protocol, single
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import number_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime.port_status import (
    PortOwner,
    PortStatus,
    by_port,
    groups_of,
    holder_of,
    listeners_of,
    standings_of,
)
from port_registry.runtime.project_listeners import WantedPort, stacks_of, wanted
from port_registry.runtime.socket_owners import named
from port_registry.system.sockets import Sockets, connected, listeners
from port_registry.system.vacancy import Vacancy, vacancy

_TRIED = (Protocol.TCP, Protocol.UDP)


class Who(NamedTuple):
    """Who is on the ports that were asked about."""

    title: str
    ports: PortRange
    standings: tuple[PortStatus, ...]
    """One for each entry that has the ports."""
    others: tuple[PortOwner, ...]
    """Those on the ports who are on none that an entry declares."""
    taken: tuple[Protocol, ...]
    """Protocols with which a port cannot be bound though nobody is listed on it."""
    complete: bool

    def disagrees(self) -> bool:
        """Return whether what is bound is not what an entry declares."""
        return any(one.disagrees() for one in self.standings)


def who(workspace: Workspace, text: str, progress: Progress) -> Who:
    """Return who is on the port, or the entry, that `text` is.

    A port can be asked about where there is no registry. Raises `UsageError` where `text` is
    neither, and what reading the registry raises.
    """
    asked = _wanted(workspace, text)
    sockets = _sockets(asked.ports)
    held = named(sockets)
    stacks = stacks_of(workspace, progress)
    standings = standings_of(asked.entries, by_port(held), stacks, complete=sockets.complete)
    declared = listeners_of(standings)
    groups = groups_of(one for one in held if one.listener not in declared)
    taken: tuple[Protocol, ...] = ()
    if not held and not asked.entries:
        port = asked.ports.first
        taken = tuple(one for one in _TRIED if vacancy(port, one, None) is Vacancy.TAKEN)
        owned = tuple(one for one in connected(port) if one.socket) if taken else ()
        groups = groups_of(named(Sockets(owned, complete=True)))
    others = tuple(holder_of(group) for group in groups)
    return Who(asked.title, asked.ports, standings, others, taken, sockets.complete)


def _wanted(workspace: Workspace, text: str) -> WantedPort:
    number = number_of(text)
    try:
        return wanted(load_registry(workspace), text)
    except RegistryError:
        if number is None:
            raise
        return WantedPort(text, single(number), ())


def _sockets(ports: PortRange) -> Sockets:
    if ports.is_single():
        return listeners(ports.first)
    found = listeners()
    inside = (one for one in found.listeners if ports.first <= one.port <= ports.last)
    return found._replace(listeners=tuple(inside))
