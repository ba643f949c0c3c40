"""Text of `free`: what it is about to do, and the outcome."""

import time
from collections.abc import Iterable, Iterator

from port_registry.model import Listener, Process
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.runtime.free_execute import (
    ENDED,
    EndOptions,
    Escalation,
    FreeOutcome,
    ProcessOutcome,
    TargetState,
)
from port_registry.runtime.free_plan import FreePlan, ProcessToEnd, TargetPlan
from port_registry.runtime.kill_policy import ProcessVerdict, Spared, supervisor_label

_MAX_COMMAND = 120
_DAY = 24 * 60 * 60
_FREE_STATES = (TargetState.FREE, TargetState.FREED)

_OUTCOMES = {
    ProcessOutcome.ENDED: "ended",
    ProcessOutcome.KILLED: "was ended by SIGKILL",
    ProcessOutcome.GONE: "had released the port already",
    ProcessOutcome.CHANGED: "runs another program now, and was left alone",
    ProcessOutcome.CLOSED: "released the port, and is still exiting",
    ProcessOutcome.FORBIDDEN: "cannot be ended by this user",
}


def is_all_free(outcomes: Iterable[FreeOutcome]) -> bool:
    """Return whether every port is free."""
    return all(outcome.state in _FREE_STATES for outcome in outcomes)


def confirmation_question(plan: FreePlan) -> str:
    """Return the question to ask before any process is ended."""
    names = ", ".join(_short(process.process) for process in plan.processes)
    return f"End {names}?"


def plan_text(plan: FreePlan, screen: Screen) -> str:
    """Return the owners of each port, and whether they are to be ended."""
    to_end = {process.process.pid: process for process in plan.processes}
    lines: list[str] = []
    for target in plan.targets:
        lines.append(screen.style(escape_controls(_title(target)), Colour.STRONG))
        if not target.sockets:
            lines.append("  nothing listens there")
        is_refused = target.is_refused()
        for verdict in target.verdicts:
            ending = None if is_refused else to_end.get(verdict.process.pid)
            lines += _verdict_lines(verdict, target, ending, screen)
        for listener, spared in target.unnamed:
            head = screen.style("stays", Colour.WARNING)
            lines.append(f"  {head}  {_address(listener)}: {escape_controls(spared.reason)}")
            lines += [f"         {line}" for line in _hint(spared.hint, screen)]
    return "".join(f"{line}\n" for line in lines)


def _hint(command: str, screen: Screen) -> tuple[str, ...]:
    """Return the line of a hint; none where it is empty."""
    label = screen.style("hint", Colour.NOTE)
    return (f"{label}: {escape_controls(command)}",) if command else ()


def _verdict_lines(
    verdict: ProcessVerdict, target: TargetPlan, ending: ProcessToEnd | None, screen: Screen
) -> Iterator[str]:
    process, spared, supervisor = verdict.process, verdict.spared, verdict.supervisor
    head = screen.style("stays", Colour.WARNING) + " "
    if ending is not None:
        head = screen.style("ends", Colour.ERROR) + "  "
    yield f"  {head} {_described(process)}"
    addresses = (
        _address(socket.listener)
        for socket in target.sockets
        if any(owner.pid == process.pid for owner in socket.processes)
    )
    facts = [f"on {', '.join(dict.fromkeys(addresses))}", verdict.expected_because]
    if spared is not None:
        facts.append(spared.reason)
    elif ending is None:
        facts.append("other owners of the port stay, so that ending this one would not free it")
    elif supervisor is not None:
        label = supervisor_label(supervisor)
        facts.append(f"{label} may start it again; `{supervisor.stop}` stops it for good")
    lines = [escape_controls(fact) for fact in facts if fact]
    lines += _hint("" if spared is None else spared.hint, screen)
    if ending is not None and ending.other_listeners:
        others = ", ".join(dict.fromkeys(map(_address, ending.other_listeners)))
        lines.append(f"it also listens on {others}")
    yield from (f"         {line}" for line in lines)


def outcomes_text(outcomes: Iterable[FreeOutcome], options: EndOptions, screen: Screen) -> str:
    """Return the outcome of each port."""
    return "".join(
        f"{line}\n" for outcome in outcomes for line in _outcome_lines(outcome, options, screen)
    )


def _outcome_lines(outcome: FreeOutcome, options: EndOptions, screen: Screen) -> Iterator[str]:
    title = escape_controls(_title(outcome.target))
    processes = [
        escape_controls(_process_outcome(process, process_outcome, options))
        for process, process_outcome in outcome.processes
    ]
    # The processes whose connections keep the port.
    names = (_short(process) for socket in outcome.connections for process in socket.processes)
    owners = escape_controls(", ".join(dict.fromkeys(names)))
    if outcome.state is TargetState.FREE:
        yield f"{title} is free"
    elif outcome.state is TargetState.FREED:
        yield f"{screen.style('freed', Colour.GOOD)} {title}: {', '.join(processes)}"
    else:
        yield f"{screen.style('error', Colour.ERROR)}: {title} is not free"
        yield from (f"  {line}" for line in processes)
        yield from (f"  {line}" for line in _reason_lines(outcome, owners, options, screen))
    if outcome.state in _FREE_STATES and outcome.lingers:
        connections = "connections that are being closed keep it, for up to a minute,"
        if owners:
            connections = f"connections of {owners} keep it"
        note = screen.style("note", Colour.NOTE)
        yield f" {note}: {connections} from servers that do not set SO_REUSEADDR; most do"


def _reason_lines(
    outcome: FreeOutcome, owners: str, options: EndOptions, screen: Screen
) -> Iterator[str]:
    """Yield why a port is not free; `owners` are those of its connections."""
    if outcome.state is TargetState.REFUSED:
        for verdict in outcome.target.verdicts:
            if verdict.spared is not None:
                head = f"{_described(verdict.process)} stays"
                yield from _spared_lines(head, verdict.spared, screen)
        for listener, spared in outcome.target.unnamed:
            yield from _spared_lines(_address(listener), spared, screen)
        return
    if outcome.state is TargetState.UNBINDABLE:
        yield (
            f"nothing listens there, but a connection of {owners} holds it"
            if owners
            else "nothing visible listens there, and it cannot be bound: a process in another pid "
            "namespace may hold it, or connections that are being closed"
        )
        return
    yield from _owner_lines(outcome, screen)
    process_outcomes = {process_outcome for _, process_outcome in outcome.processes}
    command = f"port-registry free {outcome.target.target.title}"
    if ProcessOutcome.DEFIANT in process_outcomes and options.escalation is Escalation.NONE:
        yield from _hint(
            f"`{command} --force` ends it by SIGKILL; `--timeout` waits longer", screen
        )
    if ProcessOutcome.FORBIDDEN in process_outcomes:
        yield from _hint(f"`sudo {command}` may end it", screen)


def _spared_lines(head: str, spared: Spared, screen: Screen) -> Iterator[str]:
    yield escape_controls(f"{head}: {spared.reason}")
    yield from (f"  {line}" for line in _hint(spared.hint, screen))


def _owner_lines(outcome: FreeOutcome, screen: Screen) -> Iterator[str]:
    """Yield the owners of the port that the plan did not show, and what started them."""
    shown = {(verdict.process.pid, verdict.process.started) for verdict in outcome.target.verdicts}
    is_retaken = any(process_outcome in ENDED for _, process_outcome in outcome.processes)
    parents = {process.parent for process, _ in outcome.processes} - {0, 1}
    for socket, supervisor in outcome.owners_now:
        for process in socket.processes:
            if (process.pid, process.started) in shown:
                continue
            shown.add((process.pid, process.started))
            verb = "has taken it since" if is_retaken else "holds it"
            yield escape_controls(f"{_described(process)} {verb}")
            if supervisor is not None:
                yield escape_controls(f"  {supervisor_label(supervisor)} started it")
                stop = f"`{supervisor.stop}` stops it for good"
                yield from (f"  {line}" for line in _hint(stop, screen))
            elif process.parent in parents:
                yield f"  process {process.parent} started it, like the one before"
        if not socket.processes:
            yield f"an unknown process holds it: {_address(socket.listener)}"


def _process_outcome(process: Process, outcome: ProcessOutcome, options: EndOptions) -> str:
    if outcome is ProcessOutcome.DEFIANT:
        signal = "SIGTERM" if options.escalation is Escalation.NONE else "SIGKILL"
        return f"{_short(process)} did not end on {signal} within {options.patience:g} s"
    return f"{_short(process)} {_OUTCOMES[outcome]}"


def _title(target: TargetPlan) -> str:
    title, ports = target.target.title, str(target.target.ports)
    return f"port {ports}" if title == ports else f"{title} ({ports})"


def _address(listener: Listener) -> str:
    address = f"[{listener.address}]" if listener.is_ipv6() else listener.address
    idle = "" if listener.listens else " (bound, not listening)"
    return f"{address}:{listener.port} {listener.protocol.value}{idle}"


def _short(process: Process) -> str:
    return f"{process.name} ({process.pid})"


def _described(process: Process) -> str:
    """Return a process on one line: its name, user, start, directory and command."""
    command = " ".join(" ".join(process.command).split())
    if len(command) > _MAX_COMMAND:
        command = f"{command[: _MAX_COMMAND - 1]}…"
    is_recent = time.time() - process.started < _DAY
    since = time.strftime(
        "%H:%M:%S" if is_recent else "%Y-%m-%d %H:%M", time.localtime(process.started)
    )
    parts = [
        _short(process),
        f"of {process.user}" if process.user else "",
        f"since {since}",
        f"in {process.directory}" if process.directory else "",
    ]
    identity = " ".join(part for part in parts if part)
    return escape_controls(f"{identity}: {command}" if command else identity)
