"""What `free` is about to do, and what came of it."""

import time
from collections.abc import Iterable, Iterator

from port_registry.model import Listener, Process
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.runtime.free_execute import (
    DONE,
    EndOptions,
    Escalation,
    FreeOutcome,
    ProcessOutcome,
    TargetState,
)
from port_registry.runtime.free_plan import FreePlan, ProcessToEnd, TargetPlan
from port_registry.runtime.kill_policy import ProcessVerdict, supervisor_label

_MOST_COMMAND = 120
_DAY = 24 * 60 * 60
_GOOD = (TargetState.FREE, TargetState.FREED)

_FATES = {
    ProcessOutcome.ENDED: "ended",
    ProcessOutcome.KILLED: "was ended by SIGKILL",
    ProcessOutcome.GONE: "had let go of the port by itself",
    ProcessOutcome.CHANGED: "has become another program meanwhile, and was left alone",
    ProcessOutcome.CLOSED: "let go of the port, and is still finishing",
    ProcessOutcome.FORBIDDEN: "may not be ended by this user",
}


def is_all_free(outcomes: Iterable[FreeOutcome]) -> bool:
    """Return whether every port is free."""
    return all(one.state in _GOOD for one in outcomes)


def confirmation_question(plan: FreePlan) -> str:
    """Return what is asked before anything is ended."""
    names = ", ".join(_short(one.process) for one in plan.processes)
    return f"End {names}?"


def plan_text(plan: FreePlan, screen: Screen) -> str:
    """Return who holds each port, and whether they are to be ended."""
    victims = {one.process.pid: one for one in plan.processes}
    lines: list[str] = []
    for share in plan.targets:
        lines.append(screen.style(escape_controls(_title(share)), Colour.STRONG))
        if not share.sockets:
            lines.append("  nobody listens there")
        refused = share.is_refused()
        for judged in share.verdicts:
            victim = None if refused else victims.get(judged.process.pid)
            lines += [f"  {line}" for line in _judged(judged, share, victim, screen)]
        for listener, spared in share.unnamed:
            head = screen.style("stays", Colour.WARNING)
            lines.append(f"  {head}  {_place(listener)}: {escape_controls(spared.reason)}")
            if spared.hint:
                lines.append(f"         {screen.style('hint', Colour.NOTE)}: {spared.hint}")
    return "".join(f"{line}\n" for line in lines)


def outcomes_text(outcomes: Iterable[FreeOutcome], manner: EndOptions, screen: Screen) -> str:
    """Return what became of each port."""
    return "".join(
        f"{line}\n" for outcome in outcomes for line in _outcome(outcome, manner, screen)
    )


def _judged(
    judged: ProcessVerdict, share: TargetPlan, victim: ProcessToEnd | None, screen: Screen
) -> Iterator[str]:
    process = judged.process
    places = [
        _place(held.listener)
        for held in share.sockets
        if any(one.pid == process.pid for one in held.processes)
    ]
    if victim is not None:
        yield f"{screen.style('ends', Colour.ERROR)}   {_described(process)}"
    else:
        yield f"{screen.style('stays', Colour.WARNING)}  {_described(process)}"
    yield f"       on {', '.join(dict.fromkeys(places))}"
    if judged.expected_because:
        yield f"       {escape_controls(judged.expected_because)}"
    if judged.spared is not None:
        yield f"       {escape_controls(judged.spared.reason)}"
        if judged.spared.hint:
            hint = screen.style("hint", Colour.NOTE)
            yield f"       {hint}: {escape_controls(judged.spared.hint)}"
    elif victim is None:
        yield "       others who hold the port with it stay, so that ending it would not free it"
    elif judged.supervisor is not None:
        keeper = judged.supervisor
        yield escape_controls(
            f"       {supervisor_label(keeper)} may start it again; "
            f"`{keeper.stop}` stops it for good"
        )
    if victim is not None and victim.other_listeners:
        more = ", ".join(dict.fromkeys(_place(one) for one in victim.other_listeners))
        yield f"       it also listens on {more}"


def _outcome(outcome: FreeOutcome, manner: EndOptions, screen: Screen) -> Iterator[str]:
    title = escape_controls(_title(outcome.target))
    note = screen.style("note", Colour.NOTE)
    told = [escape_controls(_fate(process, fate, manner)) for process, fate in outcome.processes]
    if outcome.state is TargetState.FREE:
        yield f"{title} is free"
    elif outcome.state is TargetState.FREED:
        yield f"{screen.style('freed', Colour.GOOD)} {title}: {', '.join(told)}"
    else:
        yield f"{screen.style('error', Colour.ERROR)}: {title} is not free"
        yield from (f"  {one}" for one in told)
        yield from (f"  {line}" for line in _why(outcome, manner, screen))
    if outcome.state in _GOOD and outcome.lingers:
        whose = _whose(outcome)
        kept = (
            f"connections of {whose} keep it"
            if whose
            else "connections that are being closed keep it, for up to a minute,"
        )
        yield f" {note}: {kept} from servers that do not set SO_REUSEADDR; most do"


def _why(outcome: FreeOutcome, manner: EndOptions, screen: Screen) -> Iterator[str]:
    hint = screen.style("hint", Colour.NOTE)
    if outcome.state is TargetState.REFUSED:
        yield from _refused(outcome.target, hint)
        return
    if outcome.state is TargetState.UNBINDABLE:
        whose = _whose(outcome)
        yield (
            f"nobody listens there, but a connection of {whose} has it"
            if whose
            else "nobody can be seen to listen there, and yet it cannot be bound: a process in "
            "another pid namespace may have it, or connections that are being closed"
        )
        return
    yield from _held(outcome, hint)
    fates = {fate for _, fate in outcome.processes}
    if ProcessOutcome.DEFIANT in fates and manner.escalation is Escalation.NONE:
        yield f"{hint}: `--force` ends it by SIGKILL; `--timeout` gives it longer"
    if ProcessOutcome.FORBIDDEN in fates:
        yield f"{hint}: `sudo` may"


def _held(outcome: FreeOutcome, hint: str) -> Iterator[str]:
    """Yield who has the port now that was not shown before, and what started them."""
    said = {(one.process.pid, one.process.started) for one in outcome.target.verdicts}
    again = any(fate in DONE for _, fate in outcome.processes)
    parents = {process.parent for process, _ in outcome.processes} - {0, 1}
    for held, keeper in outcome.owners_now:
        for process in held.processes:
            if (process.pid, process.started) in said:
                continue
            said.add((process.pid, process.started))
            verb = "has taken it since" if again else "has it"
            yield escape_controls(f"{_described(process)} {verb}")
            if keeper is not None:
                yield escape_controls(f"  {supervisor_label(keeper)} started it")
                yield escape_controls(f"  {hint}: `{keeper.stop}` stops it for good")
            elif process.parent in parents:
                yield f"  process {process.parent} started it, as the one before"
        if not held.processes:
            yield f"somebody who cannot be named has it: {_place(held.listener)}"


def _refused(share: TargetPlan, hint: str) -> Iterator[str]:
    for judged in share.verdicts:
        if judged.spared is not None:
            yield escape_controls(f"{_described(judged.process)} stays: {judged.spared.reason}")
            if judged.spared.hint:
                yield f"  {hint}: {escape_controls(judged.spared.hint)}"
    for listener, spared in share.unnamed:
        yield escape_controls(f"{_place(listener)}: {spared.reason}")
        if spared.hint:
            yield f"  {hint}: {escape_controls(spared.hint)}"


def _whose(outcome: FreeOutcome) -> str:
    """Return those whose connections keep the port; empty where nobody can be named."""
    names = (_short(process) for held in outcome.connections for process in held.processes)
    return escape_controls(", ".join(dict.fromkeys(names)))


def _fate(process: Process, fate: ProcessOutcome, manner: EndOptions) -> str:
    if fate is ProcessOutcome.DEFIANT:
        heeds = "SIGTERM" if manner.escalation is Escalation.NONE else "even SIGKILL"
        return f"{_short(process)} did not end on {heeds} within {manner.patience:g} s"
    return f"{_short(process)} {_FATES[fate]}"


def _title(share: TargetPlan) -> str:
    title, ports = share.target.title, str(share.target.ports)
    return f"port {ports}" if title == ports else f"{title} ({ports})"


def _place(listener: Listener) -> str:
    address = f"[{listener.address}]" if listener.is_ipv6() else listener.address
    verb = "" if listener.listens else " (bound, not listening)"
    return f"{address}:{listener.port} {listener.protocol.value}{verb}"


def _short(process: Process) -> str:
    return f"{process.name} ({process.pid})"


def _described(process: Process) -> str:
    """Return who a process is, on one line."""
    command = " ".join(" ".join(process.command).split())
    if len(command) > _MOST_COMMAND:
        command = f"{command[: _MOST_COMMAND - 1]}…"
    parts = [
        _short(process),
        f"of {process.user}" if process.user else "",
        f"since {_moment(process.started)}",
        f"in {process.directory}" if process.directory else "",
    ]
    who = " ".join(part for part in parts if part)
    return escape_controls(f"{who}: {command}" if command else who)


def _moment(seconds: float) -> str:
    form = "%H:%M:%S" if time.time() - seconds < _DAY else "%Y-%m-%d %H:%M"
    return time.strftime(form, time.localtime(seconds))
