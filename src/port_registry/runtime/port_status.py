"""Status of an entry's port: free, owned by the expected service, or by another process."""

import os
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from port_registry import model
from port_registry.runtime.address_match import Reach, compare_reach, overlap
from port_registry.runtime.expected_process import why_expected, why_user_expected
from port_registry.runtime.listen_requests import MAX_PROBED_PORTS, ListenRequest
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.host import is_this_host, user_name
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import SocketSnapshot
from port_registry.system.supervisor import supervisors_of

_CHECKED = (model.Protocol.TCP, model.Protocol.UDP)
_FIRST_UNPRIVILEGED = 1024

_CLOSED = "a closed connection holds it for about a minute (TIME_WAIT)"
_UNLISTED = "it cannot be bound, and the system lists no owner"


class PortState(Enum):
    """The state of a port, the worst last."""

    AWAY = "away"
    """The entry is on another machine."""
    FREE = "free"
    EXPECTED = "expected"
    """The expected service owns it."""
    UNSEEN = "unseen"
    """Whether it has an owner cannot be known."""
    UNNAMED = "unnamed"
    """It has an owner that is not visible."""
    OTHER = "other"
    """Another process owns it."""


class PortOwner(model.NamedTuple):
    """A process on a port, or several that share its sockets."""

    state: PortState
    """EXPECTED, UNNAMED or OTHER; OTHER where no entry is asked about."""
    reason: str
    """Why it is expected, or why it is not visible; a clause, empty for OTHER."""
    listeners: tuple[model.Listener, ...]
    processes: tuple[model.Process, ...]
    """The main one first; empty where none is visible."""
    user: str
    """The user of the sockets; empty where that is unknown."""
    supervisors: tuple[model.Supervisor, ...]


class PortStatus(model.NamedTuple):
    """The status of an entry's ports."""

    entry: model.Entry
    state: PortState
    reason: str
    """Why the state, or the owner, cannot be known; empty where both are."""
    owners: tuple[PortOwner, ...]
    """The worst first."""
    reach: Reach
    """How the addresses of the expected service compare with the declared one."""

    def disagrees(self) -> bool:
        """Return whether what is bound differs from what is declared, or may do so."""
        return (
            self.state in (PortState.UNSEEN, PortState.UNNAMED, PortState.OTHER)
            or self.reach is not Reach.DECLARED
        )


def port_status(
    entry: model.Entry,
    sockets: Sequence[model.OwnedSocket],
    stacks: Iterable[model.Machine],
    *,
    complete: bool,
) -> PortStatus:
    """Return the status of the ports of `entry`, whose sockets are among `sockets`.

    `complete` says whether no listener is missing from `sockets`.
    """
    endpoint = entry.endpoint
    own_sockets = [
        socket
        for socket in sockets
        if endpoint.ports.holds(socket.listener.port)
        and socket.listener.protocol in endpoint.protocols
    ]
    candidates = [_owner(entry, group, stacks) for group in _group_by_owner(own_sockets)]
    owners = [
        owner
        for owner in candidates
        if owner.state is PortState.EXPECTED
        or any(overlap(endpoint.address, listener) for listener in owner.listeners)
    ]
    if not owners:
        doubt = _why_unseen(endpoint, complete=complete)
        request = ListenRequest(
            model.format_name(entry.name), endpoint.ports, endpoint.protocols, endpoint.address
        )
        if doubt or request.probe(complete=complete) is not BindOutcome.TAKEN:
            state = PortState.UNSEEN if doubt else PortState.FREE
            return PortStatus(entry, state, doubt, (), Reach.DECLARED)
        connections = request.blocking_connections()
        owned = owned_sockets([connection for connection in connections if connection.socket])
        owners = [_owner(entry, group, stacks) for group in _group_by_owner(owned)]
        if not owners:
            reason = _CLOSED if connections else _UNLISTED
            return PortStatus(entry, PortState.UNNAMED, reason, (), Reach.DECLARED)
    states = list(PortState)
    owners.sort(key=lambda owner: states.index(owner.state), reverse=True)
    return PortStatus(entry, owners[0].state, "", tuple(owners), _worst_reach(endpoint, owners))


def compare(
    entries: Iterable[model.Entry], snapshot: SocketSnapshot, stacks: Iterable[model.Machine]
) -> tuple[tuple[PortStatus, ...], tuple[model.OwnedSocket, ...]]:
    """Return the status of each of `entries`, and the sockets that belong to none of them."""
    sockets = owned_sockets(snapshot.listeners)
    by_port: dict[int, list[model.OwnedSocket]] = {}
    for socket in sockets:
        by_port.setdefault(socket.listener.port, []).append(socket)
    statuses = tuple(
        port_status(entry, _sockets_of(entry, by_port), stacks, complete=snapshot.complete)
        if is_on_this_machine(entry)
        else PortStatus(entry, PortState.AWAY, "", (), Reach.DECLARED)
        for entry in entries
    )
    declared = {
        listener for status in statuses for owner in status.owners for listener in owner.listeners
    }
    return statuses, tuple(socket for socket in sockets if socket.listener not in declared)


def is_on_this_machine(entry: model.Entry) -> bool:
    """Return whether `entry` is on this machine, or names no host."""
    return entry.host is None or is_this_host(entry.host)


def _group_by_owner(sockets: Iterable[model.OwnedSocket]) -> list[list[model.OwnedSocket]]:
    """Return `sockets` by their processes; without visible ones, by user and port."""
    groups: dict[tuple[object, ...], list[model.OwnedSocket]] = {}
    for socket in sockets:
        pids = tuple(process.pid for process in socket.processes)
        key = pids or ("", socket.listener.uid, socket.listener.port)
        groups.setdefault(key, []).append(socket)
    return list(groups.values())


def owners_of_listeners(listeners: tuple[model.Listener, ...]) -> tuple[PortOwner, ...]:
    """Return the owners of `listeners`."""
    return owners_of(owned_sockets(listeners)) if listeners else ()


def owners_of(sockets: Iterable[model.OwnedSocket]) -> tuple[PortOwner, ...]:
    """Return the owners of `sockets`, in the order of their first ones."""
    return tuple(map(_owner_of_group, _group_by_owner(sockets)))


def _owner_of_group(group: Sequence[model.OwnedSocket]) -> PortOwner:
    """Return the owner of the sockets of `group`, one of `_group_by_owner`."""
    listeners = tuple(socket.listener for socket in group)
    processes = _main_first(group[0].processes)
    if not processes:
        uid = listeners[0].uid
        user = "" if uid is None else user_name(uid)
        return PortOwner(PortState.UNNAMED, _why_unnamed(group[0]), listeners, (), user, ())
    supervisors = supervisors_of(processes[0])
    return PortOwner(PortState.OTHER, "", listeners, processes, processes[0].user, supervisors)


def _sockets_of(
    entry: model.Entry, sockets: Mapping[int, Sequence[model.OwnedSocket]]
) -> Sequence[model.OwnedSocket]:
    """Return the sockets on the ports of `entry`."""
    ports = entry.ports
    if ports.is_single():
        return sockets.get(ports.first, ())
    return [socket for port in sockets if ports.holds(port) for socket in sockets[port]]


def _owner(
    entry: model.Entry, group: Sequence[model.OwnedSocket], stacks: Iterable[model.Machine]
) -> PortOwner:
    """Return the owner of the sockets of `group`, EXPECTED if `entry` expects it."""
    owner = _owner_of_group(group)
    for process in owner.processes:
        reason = why_expected(entry, process, stacks)
        if reason is not None:
            others = tuple(other for other in owner.processes if other is not process)
            return owner._replace(
                state=PortState.EXPECTED,
                reason=reason,
                processes=(process, *others),
                user=process.user,
                supervisors=supervisors_of(process),
            )
    reason = why_user_expected(entry, owner.user) if not owner.processes else None
    return owner if reason is None else owner._replace(state=PortState.EXPECTED, reason=reason)


def _main_first(processes: tuple[model.Process, ...]) -> tuple[model.Process, ...]:
    """Return `processes`, children after their parents.

    Pid 1 is last: it holds sockets for others.
    """
    pids = {process.pid for process in processes}

    def order(process: model.Process) -> tuple[bool, bool, int]:
        return process.pid == 1, process.parent in pids - {1}, process.pid

    return tuple(sorted(processes, key=order))


def _why_unnamed(socket: model.OwnedSocket) -> str:
    if socket.hidden and os.geteuid() != 0:
        return "only root can see the owning process"
    return "no owning process is visible (another pid namespace, or the kernel)"


def _why_unseen(endpoint: model.Endpoint, *, complete: bool) -> str:
    """Return why a free port cannot be told from an owned one; empty where it can."""
    unchecked = [protocol.name for protocol in endpoint.protocols if protocol not in _CHECKED]
    if unchecked:
        return f"{' and '.join(unchecked)} is not checked"
    ports = endpoint.ports
    if not complete and ports.last - ports.first >= MAX_PROBED_PORTS:
        return "only root sees the sockets of other users, and the range is too large to probe"
    if not complete and ports.first < _FIRST_UNPRIVILEGED and os.geteuid() != 0:
        return "only root sees the sockets of other users"
    return ""


def _worst_reach(endpoint: model.Endpoint, owners: Iterable[PortOwner]) -> Reach:
    """Return the worst reach of the expected owners over the protocols."""
    listeners = [
        listener
        for owner in owners
        if owner.state is PortState.EXPECTED
        for listener in owner.listeners
    ]
    reaches = [Reach.DECLARED]
    for protocol in endpoint.protocols:
        own_listeners = [listener for listener in listeners if listener.protocol is protocol]
        if own_listeners:
            reaches.append(compare_reach(endpoint.address, own_listeners))
    return max(reaches, key=list(Reach).index)
