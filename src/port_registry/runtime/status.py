"""Every entry beside what is bound now, and what is bound that no entry declares."""

from typing import NamedTuple

from port_registry.model import Registry
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.runtime.port_query import lazy_stacks
from port_registry.runtime.port_status import (
    PortOwner,
    PortStatus,
    declared_listeners,
    group_by_owner,
    group_by_port,
    owner_of_group,
    port_statuses,
)
from port_registry.system.host import hostname
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import listeners


class Status(NamedTuple):
    """What is declared and what is bound, side by side."""

    registry: Registry
    host: str
    """What this machine calls itself."""
    statuses: tuple[PortStatus, ...]
    """One for each entry, in the registry's order."""
    undeclared: tuple[PortOwner, ...]
    """Who listens on ports that no entry of this machine declares, by the lowest port."""
    complete: bool
    """Whether the system showed all that is bound."""

    def disagrees(self) -> bool:
        """Return whether anything that is bound is not what is declared."""
        return any(one.disagrees() for one in self.statuses)


def status(workspace: Workspace, progress: Progress) -> Status:
    """Return what is declared and what is bound; raises what reading the registry raises."""
    registry = load_registry(workspace)
    stacks = lazy_stacks(workspace, progress)
    sockets = listeners()
    held = group_by_port(owned_sockets(sockets))
    standings = port_statuses(registry.entries, held, stacks, complete=sockets.complete)
    declared = declared_listeners(standings)
    rest = [
        one
        for port in sorted(held)
        for one in held[port]
        if one.listener.listens and one.listener not in declared
    ]
    undeclared = tuple(owner_of_group(group) for group in group_by_owner(rest))
    return Status(registry, hostname(), standings, undeclared, sockets.complete)
