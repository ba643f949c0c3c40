"""Rounds in which everything that can go wrong between a look and an end does.

It is a program, for it needs a pid namespace of its own: there, numbers of processes are
given again at will.
"""

import signal
import sys
from collections import Counter
from collections.abc import Callable
from unittest.mock import patch

from port_registry.model import Port, Protocol, single
from port_registry.runtime import free_execute
from port_registry.runtime.free_execute import (
    EndOptions,
    Escalation,
    ProcessOutcome,
    TargetState,
    end_processes,
)
from port_registry.runtime.free_plan import FreePlan, FreeTarget, ProcessToEnd, open_free_plan
from port_registry.runtime.kill_policy import KillScope
from port_registry.runtime.port_query import PortQuery
from port_registry.system.process import ProcessHandle
from tests.runtime import children
from tests.runtime.children import Child, connected, idle, let_go, listening, start, start_as

_OPTIONS = EndOptions(5.0, Escalation.KILL)


class _Late:
    """A handle on a process to which something happens at the last moment before a signal."""

    def __init__(self, handle: ProcessHandle, happens: Callable[[], None]) -> None:
        self._handle = handle
        self._happens = happens

    def send(self, number: signal.Signals) -> None:
        self._happens()
        self._handle.send(number)

    def has_ended(self, patience: float) -> bool:
        return self._handle.has_ended(patience)

    def release(self) -> None:
        self._handle.release()


def _as_shown(plan: FreePlan, victim: Child) -> list[Child]:
    """Nothing happens; a client is connected."""
    client = start(connected(victim.port))
    _check(plan, {TargetState.FREED}, {ProcessOutcome.ENDED}, ends=victim)
    return [client]


def _reused_pid(plan: FreePlan, victim: Child) -> list[Child]:
    children.end(victim)
    other = start_as(victim.pid, idle)
    _check(plan, {TargetState.FREE}, {ProcessOutcome.GONE})
    return [other]


def _reused_pid_and_port(plan: FreePlan, victim: Child) -> list[Child]:
    children.end(victim)
    other = start_as(victim.pid, listening(victim.port))
    _check(plan, {TargetState.HELD}, {ProcessOutcome.GONE})
    return [other]


def _swapped(plan: FreePlan, victim: Child) -> list[Child]:
    let_go(victim)
    other = start(listening(victim.port))
    _check(plan, {TargetState.HELD}, {ProcessOutcome.GONE})
    return [victim, other]


def _taken_a_moment_later(plan: FreePlan, victim: Child) -> list[Child]:
    others: list[Child] = []

    def ended(
        asked: list[ProcessToEnd], patience: float, fate: ProcessOutcome
    ) -> dict[int, ProcessOutcome]:
        outcomes = await_(asked, patience, fate)
        if not others:
            others.append(start(listening(victim.port)))
        return outcomes

    await_ = free_execute._wait_for_end
    with patch.object(free_execute, "_wait_for_end", ended):
        _check(plan, {TargetState.HELD}, {ProcessOutcome.ENDED}, ends=victim)
    return others


def _reused_at_the_last_moment(plan: FreePlan, victim: Child) -> list[Child]:
    others: list[Child] = []

    def reuse() -> None:
        children.end(victim)
        others.append(start_as(victim.pid, listening(victim.port)))

    (planned_one,) = plan.processes
    late = planned_one._replace(handle=_Late(planned_one.handle, reuse))
    _check(plan._replace(processes=(late,)), {TargetState.HELD}, {ProcessOutcome.GONE})
    return others


def _reused_while_it_ends(plan: FreePlan, victim: Child) -> list[Child]:
    """It does not end on SIGTERM, and its number is another's when SIGKILL is due."""
    others: list[Child] = []

    def reuse() -> None:
        if not others:
            children.end(victim)
            others.append(start_as(victim.pid, listening(victim.port)))

    (planned_one,) = plan.processes
    late = planned_one._replace(handle=_Late(planned_one.handle, lambda: None))
    sent = free_execute._signal

    def signal_late(one: ProcessToEnd, number: signal.Signals) -> ProcessOutcome | None:
        if number is signal.SIGTERM:
            return None
        reuse()
        return sent(one, number)

    with patch.object(free_execute, "_signal", signal_late):
        _check(
            plan._replace(processes=(late,)),
            {TargetState.HELD},
            {ProcessOutcome.GONE},
            options=_OPTIONS._replace(patience=0.001),
        )
    return others


def _check(
    plan: FreePlan,
    states: set[TargetState],
    outcomes: set[ProcessOutcome],
    ends: Child | None = None,
    options: EndOptions = _OPTIONS,
) -> None:
    (outcome,) = end_processes(plan, options)
    assert outcome.state in states, outcome
    assert {fate for _, fate in outcome.processes} == outcomes, outcome
    if ends is not None:
        assert not ends.lives()


_HAPPENINGS = (
    _as_shown,
    _reused_pid,
    _reused_pid_and_port,
    _swapped,
    _taken_a_moment_later,
    _reused_at_the_last_moment,
    _reused_while_it_ends,
)


def main(rounds: int) -> None:
    """Play rounds, and say how many of which."""
    free_execute._SETTLING = 0.0
    played: Counter[str] = Counter()
    bystander = start(listening(name="bystander"))
    for number in range(rounds):
        happening = _HAPPENINGS[number % len(_HAPPENINGS)]
        victim = start(listening())
        target = FreeTarget(PortQuery("x", single(Port(victim.port)), ()), (Protocol.TCP,), (None,))
        with open_free_plan((target,), KillScope.ANY, ()) as plan:
            assert [process.process.pid for process in plan.processes] == [victim.pid]
            innocent = happening(plan, victim)
        for one in innocent:
            assert one.lives(), f"round {number}, {happening.__name__}: a wrong end"
        children.end(victim, *innocent)
        played[happening.__name__] += 1
    assert bystander.lives()
    children.end(bystander)
    sys.stdout.write(f"{sum(played.values())} rounds of {len(played)} kinds\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
