"""Status of every entry, and the listeners that no entry declares."""

from port_registry.model import NamedTuple, Registry
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime.port_query import LazyStacks
from port_registry.runtime.port_status import PortOwner, PortStatus, compare, owners_of
from port_registry.system.host import hostname
from port_registry.system.sockets import listeners


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
