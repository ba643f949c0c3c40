"""Text of `who`: the owners of a port."""

from collections.abc import Iterator

from port_registry.model import PortRange, Process, format_name
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text import port_owners
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortOwner, PortState, PortStatus
from port_registry.runtime.status import PortReport

_MAX_PROCESSES = 8

_STATES = {
    PortState.AWAY: "on another host, not checked",
    PortState.FREE: "free",
    PortState.EXPECTED: "the expected service",
    PortState.UNSEEN: "not visible",
    PortState.UNNAMED: "an unknown process",
    PortState.OTHER: "another process",
}
_REACHES = {
    Reach.WIDER: "more addresses than declared",
    Reach.NARROWER: "fewer addresses than declared",
    Reach.APART: "other addresses than declared",
}


def who_text(report: PortReport, screen: Screen) -> str:
    """Return every owner of a port with its facts, entry by entry."""
    lines: list[str] = []
    for status in report.statuses:
        lines += _entry(status, screen)
    if not report.statuses:
        title = screen.style(escape_controls(report.title), Colour.STRONG)
        lines.append(f"{title}, declared by no entry")
        if not report.undeclared:
            lines.append(f"  {_without_owner(report, screen)}")
    for owner in report.undeclared:
        head = "on an address that is not the entry's" if report.statuses else "bound"
        reason = f": {escape_controls(owner.reason)}" if owner.reason else ""
        lines += [f"  {head}{reason}", *_owner(owner, report.ports)]
    return "".join(f"{line}\n" for line in lines)


def _without_owner(report: PortReport, screen: Screen) -> str:
    if report.unlisted:
        protocols = " and ".join(protocol.name for protocol in report.unlisted)
        text = f"taken ({protocols}), though the system lists no owner"
        return screen.style(text, Colour.WARNING)
    if not report.complete:
        return "free, as far as is visible: only root sees the sockets of other users"
    return screen.style("free", Colour.GOOD)


def _entry(status: PortStatus, screen: Screen) -> Iterator[str]:
    entry = status.entry
    endpoint = entry.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    address = f" at {endpoint.address}" if endpoint.address is not None else ""
    host = f" on {endpoint.host}" if endpoint.host is not None else ""
    name = screen.style(escape_controls(format_name(entry.name)), Colour.STRONG)
    yield f"{name} = {endpoint.ports} ({protocols}){escape_controls(address + host)}"
    _, colour = port_owners.status_word(status)
    if not status.owners:
        reason = f": {status.reason}" if status.reason else ""
        yield f"  {screen.style(_STATES[status.state], colour)}{escape_controls(reason)}"
    for owner in status.owners:
        reason = f": {owner.reason}" if owner.reason else ""
        yield f"  {screen.style(_STATES[owner.state], colour)}{escape_controls(reason)}"
        if owner.state is PortState.EXPECTED and status.reach is not Reach.DECLARED:
            yield f"  {screen.style(f'but on {_REACHES[status.reach]}', Colour.WARNING)}"
        yield from _owner(owner, endpoint.ports)


def _owner(owner: PortOwner, ports: PortRange) -> Iterator[str]:
    yield _fact("listens on", port_owners.addresses_text(owner.listeners, ports))
    for process in owner.processes[:_MAX_PROCESSES]:
        yield from _process(process)
    more = len(owner.processes) - _MAX_PROCESSES
    if more > 0:
        yield _fact("and", f"{more} more processes")
    if not owner.processes and owner.user:
        yield _fact("user", owner.user)
    for supervisor in owner.supervisors:
        yield _fact(
            "run by", f"{port_owners.supervisor_text(supervisor)}; to stop it: {supervisor.stop}"
        )


def _process(process: Process) -> Iterator[str]:
    started = port_owners.started_text(process.started)
    yield _fact("process", f"pid {process.pid} of {process.user or '?'}, since {started}")
    yield _fact("  runs", port_owners.command_text(process))
    if process.directory:
        yield _fact("  in", process.directory)


def _fact(label: str, text: str) -> str:
    return f"    {label:<10}  {escape_controls(text)}"
