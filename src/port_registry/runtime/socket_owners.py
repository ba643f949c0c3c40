"""Who holds which port now."""

from port_registry.model.listener import OwnedSocket, Process
from port_registry.system.socket_table_owners import owners_of
from port_registry.system.sockets import Sockets


def named(sockets: Sockets) -> tuple[OwnedSocket, ...]:
    """Return the listeners with the processes that hold them."""
    from port_registry.system.process import describe

    owners = owners_of(one.socket for one in sockets.listeners)
    pids = {pid for group in owners.pids.values() for pid in group}
    known = {pid: describe(pid) for pid in sorted(pids)}
    groups: dict[tuple[int, ...], tuple[Process, ...]] = {}
    for group in owners.pids.values():
        if group not in groups:
            processes = (known[pid] for pid in group)
            groups[group] = tuple(one for one in processes if one is not None)
    return tuple(
        OwnedSocket(one, groups.get(owners.pids.get(one.socket, ()), ()), owners.hidden)
        for one in sockets.listeners
    )
