"""Ending those who hold ports, as it was planned, and what comes of it."""

import signal
import time
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from port_registry.model import OwnedSocket, Port, Process, Supervisor
from port_registry.runtime.free_plan import (
    FreePlan,
    FreeTarget,
    ProcessToEnd,
    TargetPlan,
    recheck_process,
    sockets_in_the_way,
    still_owns,
)
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import SocketSnapshot, connected_sockets

_PAUSE = 0.02
_LAST_STEPS = 0.3
"""Seconds in which a process ends that has let go of its sockets."""
_DEATH = 3.0
"""Seconds that SIGKILL may take."""
_SETTLING = 0.25
_RESTART = 2.0
"""Seconds in which something may come back, and in which what a keeper restarts does."""


class ProcessOutcome(Enum):
    """What became of a process that was to be ended."""

    ENDED = "ended"
    KILLED = "killed"
    """It ended on SIGKILL."""
    GONE = "gone"
    """It had ended, or let go of the port, before it was asked to."""
    CHANGED = "changed"
    """It runs another program now, and was left alone."""
    CLOSED = "closed"
    """It let go of the port when it was asked to end, and has not ended yet."""
    DEFIANT = "defiant"
    """It was asked to end, and did not."""
    FORBIDDEN = "forbidden"
    """This user may not end it."""


ENDED = (ProcessOutcome.ENDED, ProcessOutcome.KILLED, ProcessOutcome.CLOSED)


class TargetState(Enum):
    """What an aim came to."""

    FREE = "free"
    """It was, or became so by itself."""
    FREED = "freed"
    REFUSED = "refused"
    HELD = "held"
    """Somebody has it still, or again."""
    UNBINDABLE = "unbindable"
    """Nobody listens there, and it cannot be bound."""


class FreeOutcome(NamedTuple):
    """What became of an aim."""

    target: TargetPlan
    state: TargetState
    processes: tuple[tuple[Process, ProcessOutcome], ...]
    """What became of those who were to be ended for it."""
    lingers: bool
    """Whether connections keep it from those that do not set SO_REUSEADDR."""
    owners_now: tuple[tuple[OwnedSocket, Supervisor | None], ...]
    """Who has it now, and what started them."""
    connections: tuple[OwnedSocket, ...]
    """The connections of others that keep it."""


class Escalation(Enum):
    """How a process is ended that does not heed SIGTERM."""

    NONE = "ask"
    """It is not."""
    KILL = "force"
    """By SIGKILL."""


class EndOptions(NamedTuple):
    """How processes are ended."""

    patience: float
    """Seconds that each has to end by itself."""
    escalation: Escalation


def end_processes(plan: FreePlan, manner: EndOptions) -> tuple[FreeOutcome, ...]:
    """End those who are to be ended, and see what came of it."""
    fates = _signalled(plan.processes, signal.SIGTERM, manner.patience, ProcessOutcome.ENDED)
    if manner.escalation is Escalation.KILL:
        defiant = [
            one for one in plan.processes if fates[one.process.pid] is ProcessOutcome.DEFIANT
        ]
        fates.update(_signalled(defiant, signal.SIGKILL, _DEATH, ProcessOutcome.KILLED))
    return tuple(_outcome(plan, share, fates) for share in plan.targets)


def _signalled(
    victims: Iterable[ProcessToEnd], number: signal.Signals, patience: float, ended: ProcessOutcome
) -> dict[int, ProcessOutcome]:
    """Send the signal to all, and return what became of them by their pids.

    `ended` is what became of those that it ended.
    """
    fates: dict[int, ProcessOutcome] = {}
    asked: list[ProcessToEnd] = []
    for victim in victims:
        fate = _sent(victim, number)
        if fate is None:
            asked.append(victim)
        else:
            fates[victim.process.pid] = fate
    return {**fates, **_awaited(asked, patience, ended)}


def _sent(victim: ProcessToEnd, number: signal.Signals) -> ProcessOutcome | None:
    """Send the signal to the process, if it is still the one that was shown.

    Returns what became of it where it was not sent, else None.
    """
    pid = victim.process.pid
    now = recheck_process(pid, {pid: victim.handle}, victim.listeners)
    if now is None:
        return ProcessOutcome.GONE
    if (now.started, now.name) != (victim.process.started, victim.process.name):
        return ProcessOutcome.CHANGED
    try:
        victim.handle.send(number)
    except ProcessLookupError:
        return ProcessOutcome.GONE
    except PermissionError:
        return ProcessOutcome.FORBIDDEN
    return None


def _awaited(
    asked: list[ProcessToEnd], patience: float, ended: ProcessOutcome
) -> dict[int, ProcessOutcome]:
    """Return what became of those that were sent a signal; waits as long as `patience`."""
    deadline = time.monotonic() + patience
    fates: dict[int, ProcessOutcome] = {}
    waiting = asked
    while waiting:
        still: list[ProcessToEnd] = []
        for victim in waiting:
            left = deadline - time.monotonic()
            if victim.handle.has_ended(min(_PAUSE, max(0.0, left))):
                fates[victim.process.pid] = ended
            elif not any(still_owns(victim.process.pid, one) for one in victim.listeners):
                # Most let go of their sockets just before they end.
                has_ended = victim.handle.has_ended(_LAST_STEPS)
                fates[victim.process.pid] = ended if has_ended else ProcessOutcome.CLOSED
            elif left <= 0:
                fates[victim.process.pid] = ProcessOutcome.DEFIANT
            else:
                still.append(victim)
        waiting = still
    return fates


def _outcome(plan: FreePlan, share: TargetPlan, fates: dict[int, ProcessOutcome]) -> FreeOutcome:
    pids = {one.process.pid for one in share.verdicts}
    mine = [one for one in plan.processes if one.process.pid in pids]
    told = tuple((one.process, fates[one.process.pid]) for one in mine)
    done = [one for one in mine if fates[one.process.pid] in ENDED]
    held = (
        _settled(share.target, done)
        if done and not share.is_refused()
        else sockets_in_the_way(share.target)
    )
    found = BindOutcome.FREE if held else _vacancy(share.target)
    if held or found is BindOutcome.TAKEN:
        state = TargetState.HELD if held else TargetState.UNBINDABLE
        if share.is_refused():
            state = TargetState.REFUSED
    else:
        state = TargetState.FREED if done else TargetState.FREE
    now = tuple(
        (
            one,
            next(
                (
                    keeper
                    for keeper in map(plan.policy.restarting_supervisor, one.processes)
                    if keeper
                ),
                None,
            ),
        )
        for one in held
    )
    others = _connections(share.target) if found is not BindOutcome.FREE else ()
    return FreeOutcome(share, state, told, found is BindOutcome.LINGERING, now, others)


def _settled(aim: FreeTarget, done: list[ProcessToEnd]) -> tuple[OwnedSocket, ...]:
    """Return who listens after some have ended; waits for what would start them again.

    Until then nothing is bound to try it, which could be in the way of those who come back.
    """
    is_kept = any(one.supervisor is not None for one in done)
    deadline = time.monotonic() + (_RESTART if is_kept else _SETTLING)
    while True:
        held = sockets_in_the_way(aim)
        left = deadline - time.monotonic()
        if held or left <= 0:
            return held
        time.sleep(min(2 * _PAUSE, left))


def _vacancy(aim: FreeTarget) -> BindOutcome:
    """Return the worst of what binding the ports comes to."""
    found = {
        probe_bind(Port(number), protocol, address)
        for number in range(aim.ports.first, aim.ports.last + 1)
        for protocol in aim.protocols
        for address in aim.addresses
    }
    return max(found, key=list(BindOutcome).index)


def _connections(aim: FreeTarget) -> tuple[OwnedSocket, ...]:
    """Return the connections that keep a single port, and that somebody has."""
    if not aim.ports.is_single():
        return ()
    found = (one for one in connected_sockets(aim.ports.first) if one.socket and aim.has(one))
    return owned_sockets(SocketSnapshot(tuple(found), complete=True))
