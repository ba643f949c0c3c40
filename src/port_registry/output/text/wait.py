"""Text of `wait`: which targets were reached, and which were not."""

from port_registry.output.terminal import Screen, counted, escape_controls
from port_registry.output.text.port_owners import addresses_text, owner_summary
from port_registry.runtime.wait_targets import Until, WaitRequest, WaitTarget
from port_registry.runtime.waiting import WaitResult, WaitState
from port_registry.system.connect_probe import Attempt, ProbeOutcome

_MAX_OWNERS = 3


def reached_text(results: tuple[WaitResult, ...]) -> str:
    """Return a line for each target that was reached."""
    lines = (
        f"{result.target.request.title} {_reached(result)}" for result in results if result.reached
    )
    return "".join(f"{escape_controls(line)}\n" for line in lines)


def missed_text(results: tuple[WaitResult, ...], request: WaitRequest, screen: Screen) -> str:
    """Return the targets that were not reached, with why; empty where all were."""
    missed = [result for result in results if not result.reached]
    if not missed:
        return ""
    goal = "free" if request.until is Until.CLOSED else "ready"
    verb = "is" if len(missed) == 1 else "are"
    return screen.error(
        f"timed out after {request.timeout:g} s: "
        f"{len(missed)} of {counted(len(results), 'target')} {verb} not {goal}"
    ) + "".join(
        f"  {escape_controls(f'{result.target.request.title}: {_missed(result, request)}')}\n"
        for result in missed
    )


def _reached(result: WaitResult) -> str:
    state, attempt = result.observation.state, result.observation.attempt
    if state is WaitState.CONNECTS and attempt is not None:
        addresses = " and ".join(attempt.addresses)
        if attempt.outcome is ProbeOutcome.ANSWERED:
            return f"answers with {attempt.detail} on {addresses}"
        return f"accepts connections on {addresses}"
    return {
        WaitState.LISTENS: "listens (UDP)",
        WaitState.SUCCEEDED: "is ready: the command succeeds",
        WaitState.FREE: "is free",
        WaitState.LINGERING: (
            "is free, though for up to a minute closed connections keep it from "
            "servers that do not set SO_REUSEADDR; most do"
        ),
    }[state]


def _missed(result: WaitResult, request: WaitRequest) -> str:
    observation = result.observation
    if observation.state is WaitState.CONNECTS and observation.attempt is not None:
        return _failed_attempt(result.target, observation.attempt)
    if observation.state is WaitState.TAKEN:
        return _owners(result)
    status = observation.status
    ending = f"exits with {status}" if status >= 0 else f"was ended by signal {-status}"
    return {
        WaitState.ABSENT: "nothing listens there (UDP)",
        WaitState.FAILED: f"`{request.command}` {ending}",
        WaitState.RUNNING: f"`{request.command}` is still running",
    }[observation.state]


def _failed_attempt(target: WaitTarget, attempt: Attempt) -> str:
    addresses = " and ".join(attempt.addresses)
    detail = attempt.detail
    match attempt.outcome:
        case ProbeOutcome.REFUSED:
            return f"connections are refused on {addresses}"
        case ProbeOutcome.UNREACHABLE:
            return f"{addresses} cannot be reached: {detail}" if addresses else "it has no address"
        case ProbeOutcome.NO_REPLY:
            return f"no reply from {addresses}: a full backlog, or a firewall drops connections"
        case ProbeOutcome.UNRESOLVED:
            reason = f": {detail}" if detail else " in time"
            return f"`{target.host}` does not resolve{reason}"
        case ProbeOutcome.SILENT:
            return f"{addresses} accepted the connection, and did not answer"
        case ProbeOutcome.CLOSED:
            return f"{addresses} accepted the connection, and closed it without an answer"
        case ProbeOutcome.STATUS:
            return f"{addresses} answered with HTTP {detail}"
        case ProbeOutcome.FOREIGN:
            return f"{addresses} accepted the connection, but {detail}"
        case ProbeOutcome.ACCEPTED | ProbeOutcome.ANSWERED:
            return f"{addresses} accepted the connection"


def _owners(result: WaitResult) -> str:
    if not result.owners:
        return "it cannot be bound, and its owner is not visible"
    summaries = [
        f"{owner_summary(owner)} on {addresses_text(owner.listeners, result.target.request.ports)}"
        for owner in result.owners[:_MAX_OWNERS]
    ]
    more = len(result.owners) - _MAX_OWNERS
    return "; ".join(summaries) + (f"; and {more} more" if more > 0 else "")
