"""Every entry beside what is bound now, and what is bound that no entry declares."""

from typing import NamedTuple

from port_registry.model.entry import Registry
from port_registry.project.governing_registry import load_registry
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
from port_registry.runtime.project_listeners import stacks_of
from port_registry.runtime.socket_owners import named
from port_registry.system.host import name_of_host
from port_registry.system.sockets import listeners


class Status(NamedTuple):
    """What is declared and what is bound, side by side."""

    registry: Registry
    host: str
    """What this machine calls itself."""
    standings: tuple[PortStatus, ...]
    """One for each entry, in the registry's order."""
    undeclared: tuple[PortOwner, ...]
    """Who listens on ports that no entry of this machine declares, by the lowest port."""
    complete: bool
    """Whether the system showed all that is bound."""

    def disagrees(self) -> bool:
        """Return whether anything that is bound is not what is declared."""
        return any(one.disagrees() for one in self.standings)


def status(workspace: Workspace, progress: Progress) -> Status:
    """Return what is declared and what is bound; raises what reading the registry raises."""
    registry = load_registry(workspace)
    stacks = stacks_of(workspace, progress)
    sockets = listeners()
    held = by_port(named(sockets))
    standings = standings_of(registry.entries, held, stacks, complete=sockets.complete)
    declared = listeners_of(standings)
    rest = [
        one
        for port in sorted(held)
        for one in held[port]
        if one.listener.listens and one.listener not in declared
    ]
    undeclared = tuple(holder_of(group) for group in groups_of(rest))
    return Status(registry, name_of_host(), standings, undeclared, sockets.complete)
