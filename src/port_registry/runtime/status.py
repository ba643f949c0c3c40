"""Status of every entry or of one port, and the listeners that no entry declares."""

from port_registry.model import NamedTuple, PortRange, Protocol, Registry, RegistryError, single
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import parse_port_argument
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime.port_query import LazyStacks, PortQuery, resolve_port_query
from port_registry.runtime.port_status import PortOwner, PortStatus, compare, owners_of
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.host import hostname
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import connected_sockets, listeners

_PROBED = (Protocol.TCP, Protocol.UDP)


class Status(NamedTuple):
    """What is declared next to what is bound."""

    registry: Registry
    host: str
    """The name of this machine."""
    statuses: tuple[PortStatus, ...]
    """One for each entry, in the registry's order."""
    undeclared: tuple[PortOwner, ...]
    """Owners of ports that no entry of this machine declares, by the lowest port."""
    complete: bool
    """Whether the system shows every bound socket."""

    def disagrees(self) -> bool:
        """Return whether anything that is bound differs from what is declared."""
        return any(status.disagrees() for status in self.statuses)


def status(workspace: Workspace, progress: Progress) -> Status:
    """Return the status of every entry; raises what reading the registry raises."""
    registry = load_registry(workspace)
    snapshot = listeners()
    statuses, rest = compare(registry.entries, snapshot, LazyStacks(workspace, progress))
    undeclared = owners_of(socket for socket in rest if socket.listener.listens)
    return Status(registry, hostname(), statuses, undeclared, snapshot.complete)


class PortReport(NamedTuple):
    """The owners of the ports of a query."""

    title: str
    ports: PortRange
    statuses: tuple[PortStatus, ...]
    """One for each entry that has the ports."""
    undeclared: tuple[PortOwner, ...]
    """Owners of the ports that are on no address of an entry."""
    unlisted: tuple[Protocol, ...]
    """Protocols with which the port cannot be bound, though no owner is listed."""
    complete: bool

    def disagrees(self) -> bool:
        """Return whether what is bound differs from what an entry declares."""
        return any(status.disagrees() for status in self.statuses)


def who(workspace: Workspace, text: str, progress: Progress) -> PortReport:
    """Return the owners of the port, or of the entry, that `text` names.

    A port needs no registry. Raises `UsageError` where `text` is neither, and what reading the
    registry raises.
    """
    query = _query(workspace, text)
    ports, port = query.ports, query.ports.first
    snapshot = listeners(port if ports.is_single() else None)
    inside = (listener for listener in snapshot.listeners if ports.holds(listener.port))
    snapshot = snapshot._replace(listeners=tuple(inside))
    statuses, rest = compare(query.entries, snapshot, LazyStacks(workspace, progress))
    unlisted: tuple[Protocol, ...] = ()
    if not snapshot.listeners and not query.entries:
        unlisted = tuple(
            protocol
            for protocol in _PROBED
            if probe_bind(port, protocol, None) is BindOutcome.TAKEN
        )
        connected = connected_sockets(port) if unlisted else ()
        rest = owned_sockets([owned for owned in connected if owned.socket])
    return PortReport(query.title, ports, statuses, owners_of(rest), unlisted, snapshot.complete)


def _query(workspace: Workspace, text: str) -> PortQuery:
    number = parse_port_argument(text)
    try:
        return resolve_port_query(load_registry(workspace), text)
    except RegistryError:
        if number is None:
            raise
        return PortQuery(text, single(number), ())
