"""Plan to free ports by ending the processes that listen on them, and no others.

A handle on every process to end is opened before the process is inspected and shown, and the
process is inspected again right before a signal: whether it is still the same one, and still
has the same socket. So neither a pid that was given to another process nor a port that
changed hands ends the wrong process.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager

from port_registry import model
from port_registry.project.governing_registry import find_registry, load_registry
from port_registry.project.port_arguments import parse_port_argument
from port_registry.project.workspace import Workspace
from port_registry.runtime.address_match import overlap
from port_registry.runtime.kill_policy import KillPolicy, KillScope, ProcessVerdict, Spared
from port_registry.runtime.port_query import PortQuery, resolve_port_query
from port_registry.runtime.port_status import is_on_this_machine
from port_registry.system.host import user_name
from port_registry.system.process import ProcessHandle, describe, open_handle
from port_registry.system.socket_owners import find_owners, owned_sockets, owns_socket
from port_registry.system.sockets import listeners

_FREEABLE = (model.Protocol.TCP, model.Protocol.UDP)
_UNREACHABLE = Spared(
    "its process cannot be opened: `/proc` is that of another pid namespace",
    "run the command where the process runs",
)


class FreeTarget(model.NamedTuple):
    """Ports to free."""

    query: PortQuery
    protocols: tuple[model.Protocol, ...]
    addresses: tuple[str | None, ...]
    """The addresses on which to free them; None for all."""

    @property
    def title(self) -> str:
        """The query as the user wrote it."""
        return self.query.title

    @property
    def ports(self) -> model.PortRange:
        """The ports."""
        return self.query.ports

    def has(self, listener: model.Listener) -> bool:
        """Return whether `listener` is in the way."""
        return (
            self.ports.holds(listener.port)
            and listener.protocol in self.protocols
            and any(overlap(address, listener) for address in self.addresses)
        )


class TargetPlan(model.NamedTuple):
    """The plan for one target."""

    target: FreeTarget
    sockets: tuple[model.OwnedSocket, ...]
    """The sockets in the way."""
    verdicts: tuple[ProcessVerdict, ...]
    """The owners of the sockets, by pid."""
    unnamed: tuple[tuple[model.Listener, Spared], ...]
    """The sockets whose owners are not visible."""

    def is_refused(self) -> bool:
        """Return whether an owner is spared, so that none is ended."""
        return bool(self.unnamed) or any(verdict.spared is not None for verdict in self.verdicts)


class ProcessToEnd(model.NamedTuple):
    """A process to end."""

    process: model.Process
    listeners: tuple[model.Listener, ...]
    """The listeners that are in the way."""
    other_listeners: tuple[model.Listener, ...]
    """Its other listeners, which end with it."""
    supervisor: model.Supervisor | None
    handle: ProcessHandle


class FreePlan(model.NamedTuple):
    """The plan for all targets."""

    targets: tuple[TargetPlan, ...]
    processes: tuple[ProcessToEnd, ...]
    """Each once, by pid."""
    policy: KillPolicy


def free_targets(
    workspace: Workspace, texts: Iterable[str], scope: KillScope
) -> tuple[FreeTarget, ...]:
    """Return the targets that `texts`, names and ports, ask for.

    Ports need no registry. Raises `UsageError` where a text is neither, or a target cannot be
    freed, and what reading the registry raises.
    """
    numbers = {text: parse_port_argument(text) for text in texts}
    has_names = None in numbers.values()
    registry = load_registry(workspace) if has_names else _optional_registry(workspace, scope)
    return tuple(
        _target(resolve_port_query(registry, text), number) for text, number in numbers.items()
    )


def _optional_registry(workspace: Workspace, scope: KillScope) -> model.Registry:
    """Return the registry; an empty one where there is none.

    One that cannot be read counts as none if the scope does not depend on entries.
    """
    try:
        found = find_registry(workspace)
    except model.RegistryError:
        if scope is KillScope.EXPECTED:
            raise
        found = ()
    return found if isinstance(found, model.Registry) else model.Registry(path="", entries=())


def _target(query: PortQuery, number: model.Port | None) -> FreeTarget:
    """Return the target of `query`, on all addresses where it is a port, `number`.

    Raises `UsageError` where it cannot be freed here.
    """
    entries = tuple(filter(is_on_this_machine, query.entries))
    if number is None and not entries:
        raise model.UsageError(
            f"{query.title} is on {query.entries[0].host}, not on this machine",
            hint=f"`port-registry free {query.ports.first}` frees the port on this machine",
        )
    declared = {protocol for entry in entries for protocol in entry.protocols}
    protocols = tuple(protocol for protocol in _FREEABLE if protocol in declared or not declared)
    if not protocols:
        names = " and ".join(sorted(protocol.name for protocol in declared))
        raise model.UsageError(f"{query.title} speaks {names}: only TCP and UDP ports can be freed")
    addresses = tuple(entry.address for entry in entries) if number is None else ()
    return FreeTarget(query._replace(entries=entries), protocols, addresses or (None,))


@contextmanager
def open_free_plan(
    targets: tuple[FreeTarget, ...], scope: KillScope, stacks: Iterable[model.Machine]
) -> Generator[FreePlan]:
    """Yield the plan; the handles on processes are open until the block is left."""
    policy = KillPolicy(scope, stacks)
    with ExitStack() as cleanup:
        handles: dict[int, ProcessHandle] = {}
        plans = tuple(_target_plan(target, policy, handles, cleanup) for target in targets)
        yield FreePlan(plans, _processes_to_end(plans, handles), policy)


def sockets_in_the_way(target: FreeTarget) -> tuple[model.OwnedSocket, ...]:
    """Return the sockets that listen on the ports of `target`."""
    snapshot = listeners(target.ports.first if target.ports.is_single() else None)
    return owned_sockets(tuple(filter(target.has, snapshot.listeners)))


def _target_plan(
    target: FreeTarget,
    policy: KillPolicy,
    handles: dict[int, ProcessHandle],
    cleanup: ExitStack,
) -> TargetPlan:
    sockets = sockets_in_the_way(target)
    processes: dict[int, model.Process] = {}
    unreachable: dict[int, model.Process] = {}
    for socket in sockets:
        for pid in (process.pid for process in socket.processes):
            handle = handles.get(pid) or open_handle(pid)
            if handle is not None and pid not in handles:
                handles[pid] = handle
                cleanup.callback(handle.release)
            # Only after its handle is open is the process that is shown the one that is held.
            process = recheck_process(pid, handle, (socket.listener,))
            if process is not None:
                (unreachable if handle is None else processes)[pid] = process
    verdicts = policy.verdicts(
        (processes[pid] for pid in sorted(processes)), target.query.entries, target.title
    )
    verdicts += [
        ProcessVerdict(process, "", None, _UNREACHABLE) for process in unreachable.values()
    ]
    unnamed = tuple(
        (socket.listener, _spared_unnamed(socket)) for socket in sockets if not socket.processes
    )
    return TargetPlan(target, sockets, tuple(verdicts), unnamed)


def recheck_process(
    pid: int, handle: ProcessHandle | None, sockets: tuple[model.Listener, ...]
) -> model.Process | None:
    """Return the process of a handle as it is now, if it still has one of `sockets`."""
    process = describe(pid)
    if not any(still_owns(pid, listener) for listener in sockets):
        return None
    # As long as the process has not ended, its pid cannot have been given to another.
    return None if handle is not None and handle.has_ended(0) else process


def still_owns(pid: int, listener: model.Listener) -> bool:
    """Return whether the process `pid` has the very socket of `listener`."""
    if listener.socket:
        return owns_socket(pid, listener.socket)
    if listener not in listeners(listener.port).listeners:
        return False
    (socket,) = owned_sockets((listener,))
    return any(process.pid == pid for process in socket.processes)


def _spared_unnamed(socket: model.OwnedSocket) -> Spared:
    """Return why a socket without visible owner is left alone."""
    listener = socket.listener
    if socket.hidden and os.geteuid() != 0:
        user = "another user" if listener.uid is None else f"the user {user_name(listener.uid)}"
        return Spared(
            f"it belongs to {user}, and only root can see the owning process",
            f"`sudo port-registry free {listener.port}` can end it",
        )
    return Spared("no owning process is visible (another pid namespace, or the kernel)", "")


def _processes_to_end(
    plans: tuple[TargetPlan, ...], handles: dict[int, ProcessHandle]
) -> tuple[ProcessToEnd, ...]:
    accepted = [plan for plan in plans if not plan.is_refused()]
    verdicts = {verdict.process.pid: verdict for plan in accepted for verdict in plan.verdicts}
    if not verdicts:
        return ()
    every_listener = listeners().listeners
    pids = find_owners(listener.socket for listener in every_listener).pids
    processes: list[ProcessToEnd] = []
    for pid, verdict in sorted(verdicts.items()):
        in_the_way = dict.fromkeys(
            socket.listener
            for plan in accepted
            for socket in plan.sockets
            if any(process.pid == pid for process in socket.processes)
        )
        others = tuple(
            listener
            for listener in every_listener
            if pid in pids.get(listener.socket, ()) and listener not in in_the_way
        )
        processes.append(
            ProcessToEnd(
                process=verdict.process,
                listeners=tuple(in_the_way),
                other_listeners=others,
                supervisor=verdict.supervisor,
                handle=handles[pid],
            )
        )
    return tuple(processes)
