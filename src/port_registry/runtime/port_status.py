"""What stands on an entry's port: nothing, the service that is expected there, or another."""

import os
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from port_registry.model import (
    Endpoint,
    Entry,
    Listener,
    Machine,
    OwnedSocket,
    Process,
    Protocol,
    Supervisor,
    format_name,
)
from port_registry.runtime.address_match import Reach, compare_reach, overlap
from port_registry.runtime.expected_process import (
    why_expected,
    why_user_expected,
)
from port_registry.runtime.listen_requests import (
    MAX_PROBED_PORTS,
    ListenRequest,
    blocking_connections,
    probe_request,
)
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.host import is_this_host
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import SocketSnapshot
from port_registry.system.supervisor import supervisors_of
from port_registry.system.users import user_name

_LOOKED_AT = (Protocol.TCP, Protocol.UDP)
_FIRST_UNPRIVILEGED = 1024

_CLOSED = "a closed connection holds it for about a minute (TIME_WAIT)"
_UNLISTED = "it cannot be bound, and the system lists no owner"


class PortState(Enum):
    """What a port comes to, the worst last."""

    AWAY = "away"
    """The entry is another machine's."""
    FREE = "free"
    EXPECTED = "expected"
    UNSEEN = "unseen"
    """Whether anything holds it cannot be known."""
    UNNAMED = "unnamed"
    """Somebody holds it who cannot be named."""
    OTHER = "other"
    """Somebody else holds it."""


class PortOwner(NamedTuple):
    """A process, or several that share sockets, on a port."""

    state: PortState
    """EXPECTED, UNNAMED or OTHER; OTHER where no entry is asked about."""
    reason: str
    """Why it counts as expected, or why it cannot be named; a clause, empty for OTHER."""
    listeners: tuple[Listener, ...]
    processes: tuple[Process, ...]
    """The one that counts first; empty where nobody can be named."""
    user: str
    """Whose it is; empty where that is not known."""
    supervisors: tuple[Supervisor, ...]


class PortStatus(NamedTuple):
    """What stands on the ports of an entry."""

    entry: Entry
    state: PortState
    reason: str
    """Why whether it is held cannot be known; empty where it is."""
    owners: tuple[PortOwner, ...]
    """Worst first."""
    reach: Reach
    """How the addresses of the expected service compare with what is declared."""

    def disagrees(self) -> bool:
        """Return whether what is bound is not what is declared, or not known to be."""
        return (
            self.state in (PortState.UNSEEN, PortState.UNNAMED, PortState.OTHER)
            or self.reach is not Reach.DECLARED
        )


def port_status(
    entry: Entry, held: Sequence[OwnedSocket], stacks: Iterable[Machine], *, complete: bool
) -> PortStatus:
    """Return what stands on the ports of `entry`, of all that `held` says is on them.

    `complete` says whether no listener is missing from `held`.
    """
    endpoint = entry.endpoint
    mine = [one for one in held if _is_on(endpoint, one.listener)]
    judged = [_judged(entry, group, stacks) for group in group_by_owner(mine)]
    holders = [
        one
        for one in judged
        if one.state is PortState.EXPECTED
        or any(overlap(endpoint.address, listener) for listener in one.listeners)
    ]
    if not holders:
        doubt = _why_unseen(endpoint, complete=complete)
        claim = ListenRequest(
            format_name(entry.name), endpoint.ports, endpoint.protocols, endpoint.address
        )
        if doubt or probe_request(claim, complete=complete) is not BindOutcome.TAKEN:
            state = PortState.UNSEEN if doubt else PortState.FREE
            return PortStatus(entry, state, doubt, (), Reach.DECLARED)
        found = blocking_connections(claim)
        owned = tuple(one for one in found if one.socket)
        groups = group_by_owner(owned_sockets(SocketSnapshot(owned, complete=True)))
        holders = [_judged(entry, group, stacks) for group in groups]
        if not holders:
            reason = _CLOSED if found else _UNLISTED
            return PortStatus(entry, PortState.UNNAMED, reason, (), Reach.DECLARED)
    holders.sort(key=lambda one: -_badness(one.state))
    return PortStatus(entry, holders[0].state, "", tuple(holders), _reach(endpoint, holders))


def port_statuses(
    entries: Iterable[Entry],
    held: Mapping[int, Sequence[OwnedSocket]],
    stacks: Iterable[Machine],
    *,
    complete: bool,
) -> tuple[PortStatus, ...]:
    """Return what stands on the ports of `entries`, of all that `held` has on each port.

    `complete` says whether no listener is missing from it.
    """
    return tuple(
        port_status(entry, _on(entry, held), stacks, complete=complete)
        if is_on_this_machine(entry)
        else PortStatus(entry, PortState.AWAY, "", (), Reach.DECLARED)
        for entry in entries
    )


def declared_listeners(standings: Iterable[PortStatus]) -> frozenset[Listener]:
    """Return the listeners that belong to an entry."""
    return frozenset(
        listener
        for standing in standings
        for holder in standing.owners
        for listener in holder.listeners
    )


def is_on_this_machine(entry: Entry) -> bool:
    """Return whether the registry gives the entry to this machine, or to none."""
    return entry.endpoint.host is None or is_this_host(entry.endpoint.host)


def group_by_port(held: Iterable[OwnedSocket]) -> dict[int, list[OwnedSocket]]:
    """Return what is held, by its port."""
    found: dict[int, list[OwnedSocket]] = {}
    for one in held:
        found.setdefault(one.listener.port, []).append(one)
    return found


def _on(entry: Entry, held: Mapping[int, Sequence[OwnedSocket]]) -> Sequence[OwnedSocket]:
    """Return what is held on the ports of `entry`."""
    ports = entry.endpoint.ports
    if ports.is_single():
        return held.get(ports.first, ())
    return [one for port in held if ports.first <= port <= ports.last for one in held[port]]


def group_by_owner(held: Iterable[OwnedSocket]) -> list[list[OwnedSocket]]:
    """Put together what the same processes hold, or on one port somebody who is not known."""
    groups: dict[tuple[object, ...], list[OwnedSocket]] = {}
    for one in held:
        pids = tuple(process.pid for process in one.processes)
        groups.setdefault(pids or ("", one.listener.uid, one.listener.port), []).append(one)
    return list(groups.values())


def owners_of_listeners(listeners: tuple[Listener, ...]) -> tuple[PortOwner, ...]:
    """Return who has the sockets."""
    if not listeners:
        return ()
    held = owned_sockets(SocketSnapshot(listeners, complete=True))
    return tuple(owner_of_group(group) for group in group_by_owner(held))


def owner_of_group(group: Sequence[OwnedSocket]) -> PortOwner:
    """Return who holds the sockets of `group`, which is one of `group_by_owner`."""
    listeners = tuple(one.listener for one in group)
    processes = _by_weight(group[0].processes)
    if not processes:
        uid = listeners[0].uid
        user = "" if uid is None else user_name(uid)
        return PortOwner(PortState.UNNAMED, _why_unnamed(group[0]), listeners, (), user, ())
    keepers = supervisors_of(processes[0])
    return PortOwner(PortState.OTHER, "", listeners, processes, processes[0].user, keepers)


def _is_on(endpoint: Endpoint, listener: Listener) -> bool:
    ports = endpoint.ports
    return ports.first <= listener.port <= ports.last and listener.protocol in endpoint.protocols


def _judged(entry: Entry, group: Sequence[OwnedSocket], stacks: Iterable[Machine]) -> PortOwner:
    holder = owner_of_group(group)
    for process in holder.processes:
        reason = why_expected(entry, process, stacks)
        if reason is not None:
            rest = tuple(one for one in holder.processes if one is not process)
            return holder._replace(
                state=PortState.EXPECTED,
                reason=reason,
                processes=(process, *rest),
                user=process.user,
                supervisors=supervisors_of(process),
            )
    reason = why_user_expected(entry, holder.user) if not holder.processes else None
    return holder if reason is None else holder._replace(state=PortState.EXPECTED, reason=reason)


def _by_weight(processes: tuple[Process, ...]) -> tuple[Process, ...]:
    """Return those first that no other one of them started; pid 1 holds for others, and is last."""
    pids = {process.pid for process in processes}
    return tuple(
        sorted(processes, key=lambda one: (one.pid == 1, one.parent in pids - {1}, one.pid))
    )


def _why_unnamed(held: OwnedSocket) -> str:
    if held.hidden and os.geteuid() != 0:
        return "only root can see the owning process"
    return "no owning process is visible (another pid namespace, or the kernel)"


def _why_unseen(endpoint: Endpoint, *, complete: bool) -> str:
    """Return why nobody can tell that nothing holds the ports; empty where it can be told."""
    unseen = [one.name for one in endpoint.protocols if one not in _LOOKED_AT]
    if unseen:
        return f"{' and '.join(unseen)} is not checked"
    ports = endpoint.ports
    if not complete and ports.last - ports.first >= MAX_PROBED_PORTS:
        return "only root sees the sockets of other users, and the range is too large to probe"
    if not complete and ports.first < _FIRST_UNPRIVILEGED and os.geteuid() != 0:
        return "only root sees the sockets of other users"
    return ""


def _badness(state: PortState) -> int:
    return list(PortState).index(state)


def _reach(endpoint: Endpoint, holders: Iterable[PortOwner]) -> Reach:
    """Return the worst reach of the expected holders, protocol by protocol."""
    mine = [
        one for holder in holders if holder.state is PortState.EXPECTED for one in holder.listeners
    ]
    found = [Reach.DECLARED]
    for protocol in endpoint.protocols:
        spoken = [one for one in mine if one.protocol is protocol]
        if spoken:
            found.append(compare_reach(endpoint.address, spoken))
    return max(found, key=list(Reach).index)
