"""Freeing ports: ending those who listen on them, and nobody else.

Everyone who is to be ended is held (see `live.ending`) before it is looked at for the last
time, and only then shown. Right before a signal it is looked at again: whether it is still
that process, and still has that socket. So neither a pid that was given to another process
nor a port that changed hands leads to a wrong end.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from port_registry.model import (
    Listener,
    Machine,
    OwnedSocket,
    Port,
    PortRange,
    Process,
    Protocol,
    Registry,
    RegistryError,
    Supervisor,
    UsageError,
)
from port_registry.project.governing_registry import find_registry, load_registry
from port_registry.project.port_arguments import number_of
from port_registry.project.workspace import Workspace
from port_registry.runtime.address_match import overlap
from port_registry.runtime.kill_policy import (
    KillPolicy,
    KillScope,
    ProcessVerdict,
    Spared,
)
from port_registry.runtime.port_query import PortQuery, resolve_port_query
from port_registry.runtime.port_status import is_on_this_machine
from port_registry.system.process import describe
from port_registry.system.process_handle import ProcessHandle, open_handle
from port_registry.system.socket_owners import find_owners, owned_sockets, owns_socket
from port_registry.system.sockets import SocketSnapshot, listeners
from port_registry.system.users import user_name

_SEEN = (Protocol.TCP, Protocol.UDP)
_SLIPPERY = Spared(
    "it cannot be taken hold of from here: `/proc` is that of another pid namespace",
    "run the command where the process runs",
)


class FreeTarget(NamedTuple):
    """Ports that are to be free."""

    query: PortQuery
    protocols: tuple[Protocol, ...]
    addresses: tuple[str | None, ...]
    """Where they are to be free; None for everywhere."""

    @property
    def title(self) -> str:
        """What was asked for, as people typed it."""
        return self.query.title

    @property
    def ports(self) -> PortRange:
        """The ports."""
        return self.query.ports

    def has(self, listener: Listener) -> bool:
        """Return whether `listener` is in the way."""
        return (
            self.ports.first <= listener.port <= self.ports.last
            and listener.protocol in self.protocols
            and any(overlap(address, listener) for address in self.addresses)
        )


class TargetPlan(NamedTuple):
    """What is known of one aim before anything is done."""

    target: FreeTarget
    sockets: tuple[OwnedSocket, ...]
    """What is in the way."""
    verdicts: tuple[ProcessVerdict, ...]
    """Those who hold it, by pid."""
    unnamed: tuple[tuple[Listener, Spared], ...]
    """Sockets whose holders cannot be named."""

    def is_refused(self) -> bool:
        """Return whether one of those who would have to go is spared: then nobody goes."""
        return bool(self.unnamed) or any(one.spared is not None for one in self.verdicts)


class ProcessToEnd(NamedTuple):
    """A process that is to be ended."""

    process: Process
    listeners: tuple[Listener, ...]
    """Those for whose sake it is."""
    other_listeners: tuple[Listener, ...]
    """What else it listens on, which ends with it."""
    supervisor: Supervisor | None
    handle: ProcessHandle


class FreePlan(NamedTuple):
    """What is to be done, and has not been."""

    targets: tuple[TargetPlan, ...]
    processes: tuple[ProcessToEnd, ...]
    """Each once, by pid."""
    policy: KillPolicy


def free_targets(
    workspace: Workspace, texts: Iterable[str], whom: KillScope
) -> tuple[FreeTarget, ...]:
    """Return what `texts`, names and ports, ask to be free.

    Ports can be freed where there is no registry. Raises `UsageError` where one of them is
    neither, or nothing that can be looked at, and what reading the registry raises.
    """
    asked = tuple(dict.fromkeys(texts))
    numbers = {text: number_of(text) for text in asked}
    names = None in numbers.values()
    found = load_registry(workspace) if names else _registry(workspace, whom)
    return tuple(
        _aim(_here(resolve_port_query(found, text), number), number)
        for text, number in numbers.items()
    )


def _registry(workspace: Workspace, whom: KillScope) -> Registry:
    """Return the registry where ports alone are asked about, an empty one where there is none.

    One that cannot be read is none as well, where it does not matter who is expected.
    """
    try:
        found = find_registry(workspace)
    except RegistryError:
        if whom is KillScope.EXPECTED:
            raise
        found = ()
    return found if isinstance(found, Registry) else Registry(path="", entries=())


def _here(one: PortQuery, number: Port | None) -> PortQuery:
    """Return `one` with the entries of this machine alone.

    Raises `UsageError` where an entry of another machine was named.
    """
    mine = tuple(filter(is_on_this_machine, one.entries))
    if number is None and not mine:
        raise UsageError(
            f"{one.title} is on {one.entries[0].endpoint.host}, and not on this machine",
            hint=f"`port-registry free {one.ports.first}` is about the port here",
        )
    return one._replace(entries=mine)


def _aim(one: PortQuery, number: Port | None) -> FreeTarget:
    """Return the aim that was named, or whose `number` was given."""
    spoken = {protocol for entry in one.entries for protocol in entry.endpoint.protocols}
    protocols = tuple(protocol for protocol in _SEEN if protocol in spoken or not spoken)
    if not protocols:
        names = " and ".join(sorted(protocol.name for protocol in spoken))
        raise UsageError(f"{one.title} speaks {names}, which is not looked at")
    named_one = one.entries if number is None else ()
    return FreeTarget(
        one, protocols, tuple(entry.endpoint.address for entry in named_one) or (None,)
    )


@contextmanager
def open_free_plan(
    wanted_free: tuple[FreeTarget, ...], whom: KillScope, stacks: Iterable[Machine]
) -> Generator[FreePlan]:
    """Give the plan; those who are to be ended are held until the block is left."""
    judge = KillPolicy(whom, stacks)
    with ExitStack() as releasing:
        grips: dict[int, ProcessHandle] = {}
        shares = tuple(_share(aim, judge, grips, releasing) for aim in wanted_free)
        yield FreePlan(shares, _victims(shares, grips), judge)


def sockets_in_the_way(aim: FreeTarget) -> tuple[OwnedSocket, ...]:
    """Return who listens where `target` is to be free."""
    port = aim.ports.first if aim.ports.is_single() else None
    found = listeners(port)
    return owned_sockets(found._replace(listeners=tuple(filter(aim.has, found.listeners))))


def _share(
    aim: FreeTarget, judge: KillPolicy, grips: dict[int, ProcessHandle], releasing: ExitStack
) -> TargetPlan:
    held = sockets_in_the_way(aim)
    processes: dict[int, Process] = {}
    slippery: dict[int, Process] = {}
    for one in held:
        for pid in (process.pid for process in one.processes):
            held_fast = grips.get(pid) or open_handle(pid)
            if held_fast is not None and pid not in grips:
                grips[pid] = held_fast
                releasing.callback(held_fast.release)
            # What is shown is what is held: it is described after it was taken hold of.
            fresh = recheck_process(pid, grips, (one.listener,))
            if fresh is not None:
                processes[pid] = fresh
            elif held_fast is None and (found := _having(pid, (one.listener,))) is not None:
                slippery[pid] = found
    judged = judge.verdicts(
        (processes[pid] for pid in sorted(processes)), aim.query.entries, aim.title
    )
    judged += [ProcessVerdict(one, "", None, _SLIPPERY) for one in slippery.values()]
    unnamed = tuple((one.listener, _nobody(one)) for one in held if not one.processes)
    return TargetPlan(aim, held, tuple(judged), unnamed)


def recheck_process(
    pid: int, grips: dict[int, ProcessHandle], sockets: tuple[Listener, ...]
) -> Process | None:
    """Return the process that is held, as it is now, if it still has one of `sockets`."""
    held_fast = grips.get(pid)
    found = None if held_fast is None else _having(pid, sockets)
    # As long as it has not ended, its number cannot have been another's.
    return None if held_fast is None or held_fast.has_ended(0) else found


def _having(pid: int, sockets: tuple[Listener, ...]) -> Process | None:
    """Return the process with that number, if it has one of `sockets`."""
    found = describe(pid)
    return found if any(still_owns(pid, one) for one in sockets) else None


def still_owns(pid: int, listener: Listener) -> bool:
    """Return whether the process `pid` has the very socket of `listener`."""
    if listener.socket:
        return owns_socket(pid, listener.socket)
    now = (
        owned_sockets(SocketSnapshot((listener,), complete=True))
        if listener in _on(listener.port)
        else ()
    )
    return any(process.pid == pid for one in now for process in one.processes)


def _on(port: Port) -> tuple[Listener, ...]:
    return listeners(port).listeners


def _nobody(held: OwnedSocket) -> Spared:
    uid = held.listener.uid
    user = "somebody" if uid is None else f"the user {user_name(uid)}"
    if held.hidden and os.geteuid() != 0:
        return Spared(
            f"it belongs to {user}, and this user may not see which process has it",
            "`sudo` may see it, and end it",
        )
    return Spared(
        "no process that can be looked into has it: it is the kernel's own (WireGuard, NFS), or a "
        "process's that is closed even to root, or in another pid namespace",
        "",
    )


def _victims(
    shares: tuple[TargetPlan, ...], grips: dict[int, ProcessHandle]
) -> tuple[ProcessToEnd, ...]:
    wanted_gone: dict[int, ProcessVerdict] = {}
    for share in shares:
        if not share.is_refused():
            wanted_gone.update((one.process.pid, one) for one in share.verdicts)
    if not wanted_gone:
        return ()
    everything = listeners().listeners
    owners = find_owners(one.socket for one in everything).pids
    found: list[ProcessToEnd] = []
    for pid, one in sorted(wanted_gone.items()):
        own = [
            held.listener
            for share in shares
            if not share.is_refused()
            for held in share.sockets
            if any(process.pid == pid for process in held.processes)
        ]
        mine = tuple(dict.fromkeys(own))
        besides = tuple(
            other
            for other in everything
            if pid in owners.get(other.socket, ()) and other not in mine
        )
        found.append(ProcessToEnd(one.process, mine, besides, one.supervisor, grips[pid]))
    return tuple(found)
