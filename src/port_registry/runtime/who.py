"""Who is on one port, or on the ports of one entry."""

from typing import NamedTuple

from port_registry.model import PortRange, Protocol, RegistryError, single
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import number_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime.port_query import PortQuery, lazy_stacks, resolve_port_query
from port_registry.runtime.port_status import (
    PortOwner,
    PortStatus,
    declared_listeners,
    group_by_owner,
    group_by_port,
    owner_of_group,
    port_statuses,
)
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import SocketSnapshot, connected_sockets, listeners

_TRIED = (Protocol.TCP, Protocol.UDP)


class PortReport(NamedTuple):
    """Who is on the ports that were asked about."""

    title: str
    ports: PortRange
    statuses: tuple[PortStatus, ...]
    """One for each entry that has the ports."""
    undeclared: tuple[PortOwner, ...]
    """Those on the ports who are on none that an entry declares."""
    unlisted: tuple[Protocol, ...]
    """Protocols with which a port cannot be bound though nobody is listed on it."""
    complete: bool

    def disagrees(self) -> bool:
        """Return whether what is bound is not what an entry declares."""
        return any(one.disagrees() for one in self.statuses)


def who(workspace: Workspace, text: str, progress: Progress) -> PortReport:
    """Return who is on the port, or the entry, that `text` is.

    A port can be asked about where there is no registry. Raises `UsageError` where `text` is
    neither, and what reading the registry raises.
    """
    asked = _wanted(workspace, text)
    sockets = _sockets(asked.ports)
    held = owned_sockets(sockets)
    stacks = lazy_stacks(workspace, progress)
    standings = port_statuses(asked.entries, group_by_port(held), stacks, complete=sockets.complete)
    declared = declared_listeners(standings)
    groups = group_by_owner(one for one in held if one.listener not in declared)
    taken: tuple[Protocol, ...] = ()
    if not held and not asked.entries:
        port = asked.ports.first
        taken = tuple(one for one in _TRIED if probe_bind(port, one, None) is BindOutcome.TAKEN)
        owned = tuple(one for one in connected_sockets(port) if one.socket) if taken else ()
        groups = group_by_owner(owned_sockets(SocketSnapshot(owned, complete=True)))
    others = tuple(owner_of_group(group) for group in groups)
    return PortReport(asked.title, asked.ports, standings, others, taken, sockets.complete)


def _wanted(workspace: Workspace, text: str) -> PortQuery:
    number = number_of(text)
    try:
        return resolve_port_query(load_registry(workspace), text)
    except RegistryError:
        if number is None:
            raise
        return PortQuery(text, single(number), ())


def _sockets(ports: PortRange) -> SocketSnapshot:
    if ports.is_single():
        return listeners(ports.first)
    found = listeners()
    inside = (one for one in found.listeners if ports.first <= one.port <= ports.last)
    return found._replace(listeners=tuple(inside))
