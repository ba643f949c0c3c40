"""What waiting came to, a line a target."""

from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text.port_owners import addresses_text, owner_summary
from port_registry.runtime.wait_targets import Until, WaitRequest, WaitTarget
from port_registry.runtime.waiting import WaitObservation, WaitResult, WaitState
from port_registry.system.connect_probe import Attempt, ProbeOutcome

_MOST_HOLDERS = 3


def reached_text(waited: tuple[WaitResult, ...]) -> str:
    """Return a line for each target that is as it was waited for."""
    lines = (f"{one.target.title} {_there(one)}" for one in waited if one.reached)
    return "".join(f"{escape_controls(line)}\n" for line in lines)


def missed_text(waited: tuple[WaitResult, ...], demand: WaitRequest, screen: Screen) -> str:
    """Return which targets are not, and what was seen of each last; empty where all are."""
    found = [one for one in waited if not one.reached]
    if not found:
        return ""
    what = "free" if demand.until is Until.CLOSED else "there"
    many = "is" if len(found) == 1 else "are"
    head = (
        f"{screen.style('error', Colour.ERROR)}: timed out after {demand.timeout:g} s: "
        f"{len(found)} of {counted(len(waited), 'target')} {many} not {what}"
    )
    lines = (
        f"  {escape_controls(f'{one.target.title}: {_missing(one, demand)}')}" for one in found
    )
    return "\n".join((head, *lines)) + "\n"


def _there(waited: WaitResult) -> str:
    sight = waited.observation
    if sight.state is WaitState.CONNECTS and sight.attempt is not None:
        where = _and(sight.attempt.addresses)
        if sight.attempt.outcome is ProbeOutcome.ANSWERED:
            return f"answers with {sight.attempt.detail} on {where}"
        return f"accepts connections on {where}"
    return {
        WaitState.LISTENS: "listens (UDP)",
        WaitState.SUCCEEDED: "is there: the command succeeds",
        WaitState.FREE: "is free",
        WaitState.LINGERING: (
            "is free, though for up to a minute connections that were closed keep it from "
            "servers that do not set SO_REUSEADDR; most do"
        ),
    }[sight.state]


def _missing(waited: WaitResult, demand: WaitRequest) -> str:
    target, sight = waited.target, waited.observation
    if sight.state is WaitState.CONNECTS and sight.attempt is not None:
        return _attempted(target, sight.attempt)
    if sight.state is WaitState.TAKEN:
        return _taken(waited)
    return {
        WaitState.ABSENT: "nothing listens there (UDP)",
        WaitState.FAILED: f"`{demand.command}` {_exit(sight)}",
        WaitState.RUNNING: f"`{demand.command}` does not come to an end",
    }[sight.state]


def _exit(sight: WaitObservation) -> str:
    if sight.status < 0:
        return f"was ended by signal {-sight.status}"
    return f"exits with {sight.status}"


def _attempted(target: WaitTarget, attempt: Attempt) -> str:
    where = _and(attempt.addresses)
    detail = attempt.detail
    match attempt.outcome:
        case ProbeOutcome.REFUSED:
            return f"connections are refused on {where}"
        case ProbeOutcome.UNREACHABLE:
            return f"{where} cannot be reached: {detail}" if where else "it has no address"
        case ProbeOutcome.NO_REPLY:
            return f"no reply from {where}: its backlog is full, or a firewall drops connections"
        case ProbeOutcome.UNRESOLVED:
            reason = f": {detail}" if detail else " in time"
            return f"`{target.host}` does not resolve{reason}"
        case ProbeOutcome.SILENT:
            return f"{where} accepted the connection, and did not answer"
        case ProbeOutcome.CLOSED:
            return f"{where} accepted the connection, and closed it without an answer"
        case ProbeOutcome.STATUS:
            return f"{where} answered with HTTP {detail}"
        case ProbeOutcome.FOREIGN:
            return f"{where} accepted the connection, but {detail}"
        case ProbeOutcome.ACCEPTED | ProbeOutcome.ANSWERED:
            return f"{where} accepted the connection"


def _taken(waited: WaitResult) -> str:
    if not waited.owners:
        return "it cannot be bound, and who has it cannot be seen"
    lines = [
        f"{owner_summary(one)} on {addresses_text(one.listeners, waited.target.ports)}"
        for one in waited.owners[:_MOST_HOLDERS]
    ]
    more = len(waited.owners) - _MOST_HOLDERS
    return "; ".join(lines) + (f"; and {more} more" if more > 0 else "")


def _and(words: tuple[str, ...]) -> str:
    return " and ".join(words)
