"""Execution of a plan to free ports, and its outcome."""

import signal
import time
from collections.abc import Iterable
from enum import Enum

from port_registry.model import NamedTuple, OwnedSocket, Port, Process, Supervisor
from port_registry.runtime import free_plan
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.socket_owners import owned_sockets
from port_registry.system.sockets import connected_sockets

_PAUSE = 0.02
_LAST_STEPS = 0.3
"""Seconds in which a process ends after it has released its sockets."""
_KILL_PATIENCE = 3.0
"""Seconds that SIGKILL may take."""
_SETTLING = 0.25
_RESTART = 2.0
"""Seconds in which anything may take the port again, and in which a supervisor does."""


class ProcessOutcome(Enum):
    """The outcome for a process that was to be ended."""

    ENDED = "ended"
    KILLED = "killed"
    """It ended on SIGKILL."""
    GONE = "gone"
    """It had ended, or released the port, before it was signalled."""
    CHANGED = "changed"
    """It runs another program now, and was left alone."""
    CLOSED = "closed"
    """It released the port on the signal, and has not ended yet."""
    DEFIANT = "defiant"
    """It was signalled, and did not end."""
    FORBIDDEN = "forbidden"
    """This user may not signal it."""


ENDED = (ProcessOutcome.ENDED, ProcessOutcome.KILLED, ProcessOutcome.CLOSED)
"""The outcomes of a process that released the port because of the signal."""


class TargetState(Enum):
    """The state of a target afterwards."""

    FREE = "free"
    """It was free, or became so by itself."""
    FREED = "freed"
    REFUSED = "refused"
    """An owner is spared."""
    HELD = "held"
    """A process still has it, or has it again."""
    UNBINDABLE = "unbindable"
    """Nothing listens there, and it cannot be bound."""


class FreeOutcome(NamedTuple):
    """The outcome for a target."""

    target: free_plan.TargetPlan
    state: TargetState
    processes: tuple[tuple[Process, ProcessOutcome], ...]
    """The processes that were to be ended for it."""
    lingers: bool
    """Whether connections keep it from servers that do not set SO_REUSEADDR."""
    owners_now: tuple[tuple[OwnedSocket, Supervisor | None], ...]
    """The sockets that have it now, and the supervisors that started their owners."""
    connections: tuple[OwnedSocket, ...]
    """The connections that hold it."""


class Escalation(Enum):
    """What to do about a process that does not end on SIGTERM."""

    NONE = "none"
    KILL = "kill"
    """Send SIGKILL."""


class EndOptions(NamedTuple):
    """How to end processes."""

    patience: float
    """Seconds that each has to end on SIGTERM."""
    escalation: Escalation


def end_processes(plan: free_plan.FreePlan, options: EndOptions) -> tuple[FreeOutcome, ...]:
    """End the processes of `plan`, and return the outcome for each target."""
    outcomes = _signal_all(plan.processes, signal.SIGTERM, options.patience, ProcessOutcome.ENDED)
    if options.escalation is Escalation.KILL:
        defiant = [
            process
            for process in plan.processes
            if outcomes[process.process.pid] is ProcessOutcome.DEFIANT
        ]
        outcomes.update(_signal_all(defiant, signal.SIGKILL, _KILL_PATIENCE, ProcessOutcome.KILLED))
    return tuple(_target_outcome(plan, target, outcomes) for target in plan.targets)


def _signal_all(
    processes: Iterable[free_plan.ProcessToEnd],
    number: signal.Signals,
    patience: float,
    ended: ProcessOutcome,
) -> dict[int, ProcessOutcome]:
    """Signal all of `processes`, and return their outcomes by pid.

    `ended` is the outcome for those that end.
    """
    outcomes: dict[int, ProcessOutcome] = {}
    signalled: list[free_plan.ProcessToEnd] = []
    for process in processes:
        outcome = _signal(process, number)
        if outcome is None:
            signalled.append(process)
        else:
            outcomes[process.process.pid] = outcome
    return {**outcomes, **_wait_for_end(signalled, patience, ended)}


def _signal(target: free_plan.ProcessToEnd, number: signal.Signals) -> ProcessOutcome | None:
    """Signal the process, if it is still the one that was shown.

    Returns the outcome where it was not signalled, else None.
    """
    shown = target.process
    now = free_plan.recheck_process(shown.pid, target.handle, target.listeners)
    if now is None:
        return ProcessOutcome.GONE
    if (now.started, now.name) != (shown.started, shown.name):
        return ProcessOutcome.CHANGED
    try:
        target.handle.send(number)
    except ProcessLookupError:
        return ProcessOutcome.GONE
    except PermissionError:
        return ProcessOutcome.FORBIDDEN
    return None


def _wait_for_end(
    signalled: list[free_plan.ProcessToEnd], patience: float, ended: ProcessOutcome
) -> dict[int, ProcessOutcome]:
    """Return the outcomes for signalled processes, after at most `patience` seconds."""
    deadline = time.monotonic() + patience
    outcomes: dict[int, ProcessOutcome] = {}
    waiting = signalled
    while waiting:
        still_waiting: list[free_plan.ProcessToEnd] = []
        for target in waiting:
            pid = target.process.pid
            left = deadline - time.monotonic()
            if target.handle.has_ended(min(_PAUSE, max(0.0, left))):
                outcomes[pid] = ended
            elif not any(free_plan.still_owns(pid, listener) for listener in target.listeners):
                # Most processes release their sockets just before they end.
                has_ended = target.handle.has_ended(_LAST_STEPS)
                outcomes[pid] = ended if has_ended else ProcessOutcome.CLOSED
            elif left <= 0:
                outcomes[pid] = ProcessOutcome.DEFIANT
            else:
                still_waiting.append(target)
        waiting = still_waiting
    return outcomes


def _target_outcome(
    plan: free_plan.FreePlan, target: free_plan.TargetPlan, outcomes: dict[int, ProcessOutcome]
) -> FreeOutcome:
    pids = {verdict.process.pid for verdict in target.verdicts}
    processes = [process for process in plan.processes if process.process.pid in pids]
    ended = [process for process in processes if outcomes[process.process.pid] in ENDED]
    if ended and not target.is_refused():
        sockets = _sockets_after_settling(target.target, ended)
    else:
        sockets = free_plan.sockets_in_the_way(target.target)
    bind_outcome = BindOutcome.FREE if sockets else _worst_bind_outcome(target.target)
    supervisor_of = plan.policy.restarting_supervisor
    if not sockets and bind_outcome is not BindOutcome.TAKEN:
        state = TargetState.FREED if ended else TargetState.FREE
    elif target.is_refused():
        state = TargetState.REFUSED
    else:
        state = TargetState.HELD if sockets else TargetState.UNBINDABLE
    return FreeOutcome(
        target=target,
        state=state,
        processes=tuple((process.process, outcomes[process.process.pid]) for process in processes),
        lingers=bind_outcome is BindOutcome.LINGERING,
        owners_now=tuple(
            (socket, next(filter(None, map(supervisor_of, socket.processes)), None))
            for socket in sockets
        ),
        connections=() if bind_outcome is BindOutcome.FREE else _owned_connections(target.target),
    )


def _sockets_after_settling(
    target: free_plan.FreeTarget, ended: list[free_plan.ProcessToEnd]
) -> tuple[OwnedSocket, ...]:
    """Return the sockets in the way after waiting for what may start again.

    Until then the port is not probed, for that could be in the way of what starts again.
    """
    is_supervised = any(process.supervisor is not None for process in ended)
    deadline = time.monotonic() + (_RESTART if is_supervised else _SETTLING)
    while True:
        sockets = free_plan.sockets_in_the_way(target)
        left = deadline - time.monotonic()
        if sockets or left <= 0:
            return sockets
        time.sleep(min(2 * _PAUSE, left))


def _worst_bind_outcome(target: free_plan.FreeTarget) -> BindOutcome:
    """Return the worst outcome of binding the ports of `target`."""
    outcomes = {
        probe_bind(Port(number), protocol, address)
        for number in range(target.ports.first, target.ports.last + 1)
        for protocol in target.protocols
        for address in target.addresses
    }
    return max(outcomes, key=list(BindOutcome).index)


def _owned_connections(target: free_plan.FreeTarget) -> tuple[OwnedSocket, ...]:
    """Return the connections that hold a single port and are still open."""
    if not target.ports.is_single():
        return ()
    connections = filter(target.has, connected_sockets(target.ports.first))
    return owned_sockets([listener for listener in connections if listener.socket])
