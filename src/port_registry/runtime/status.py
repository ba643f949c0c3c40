"""Status of every entry, and the listeners that no entry declares."""

from port_registry.model import NamedTuple, Registry
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime import port_status
from port_registry.runtime.port_query import lazy_stacks
from port_registry.system.host import hostname
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import listeners


class Status(NamedTuple):
    """What is declared next to what is bound."""

    registry: Registry
    host: str
    """The name of this machine."""
    statuses: tuple[port_status.PortStatus, ...]
    """One for each entry, in the registry's order."""
    undeclared: tuple[port_status.PortOwner, ...]
    """Owners of ports that no entry of this machine declares, by the lowest port."""
    complete: bool
    """Whether the system shows every bound socket."""

    def disagrees(self) -> bool:
        """Return whether anything that is bound differs from what is declared."""
        return any(status.disagrees() for status in self.statuses)


def status(workspace: Workspace, progress: Progress) -> Status:
    """Return the status of every entry; raises what reading the registry raises."""
    registry = load_registry(workspace)
    stacks = lazy_stacks(workspace, progress)
    snapshot = listeners()
    sockets = port_status.group_by_port(owned_sockets(snapshot.listeners))
    statuses = port_status.port_statuses(
        registry.entries, sockets, stacks, complete=snapshot.complete
    )
    declared = port_status.declared_listeners(statuses)
    rest = [
        socket
        for port in sorted(sockets)
        for socket in sockets[port]
        if socket.listener.listens and socket.listener not in declared
    ]
    undeclared = tuple(map(port_status.owner_of_group, port_status.group_by_owner(rest)))
    return Status(registry, hostname(), statuses, undeclared, snapshot.complete)
