"""Who is on a port, for people."""

from collections.abc import Iterator

from port_registry.model import PortRange, Process, format_name
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text.port_owners import (
    addresses_text,
    command_text,
    started_text,
    status_word,
    supervisor_text,
)
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortOwner, PortState, PortStatus
from port_registry.runtime.who import PortReport

_MOST_PROCESSES = 8

_WORDS = {
    PortState.AWAY: "an entry of another host, which is not looked at",
    PortState.FREE: "free",
    PortState.EXPECTED: "the expected service",
    PortState.UNSEEN: "not to be seen",
    PortState.UNNAMED: "somebody who cannot be named",
    PortState.OTHER: "somebody else",
}
_REACHES = {
    Reach.WIDER: "more addresses than are declared",
    Reach.NARROWER: "fewer addresses than are declared",
    Reach.APART: "other addresses than are declared",
}


def who_text(found: PortReport, screen: Screen) -> str:
    """Return what is known of each holder of a port, entry by entry."""
    lines: list[str] = []
    for standing in found.statuses:
        lines += _standing(standing, screen)
    if not found.statuses:
        lines.append(
            f"{screen.style(escape_controls(found.title), Colour.STRONG)}, which no entry has"
        )
        if not found.undeclared:
            lines.append(f"  {_nobody(found, screen)}")
    for holder in found.undeclared:
        word = "on an address that is not the entry's" if found.statuses else "bound"
        reason = f": {escape_controls(holder.reason)}" if holder.reason else ""
        lines += [f"  {word}{reason}", *_holder(holder, found.ports)]
    return "".join(f"{line}\n" for line in lines)


def _nobody(found: PortReport, screen: Screen) -> str:
    if found.unlisted:
        taken = " and ".join(one.name for one in found.unlisted)
        said = f"held ({taken}), though the system lists nobody on it"
        return screen.style(said, Colour.WARNING)
    if not found.complete:
        return "free, as far as can be seen: the system shows others' sockets to root alone"
    return screen.style("free", Colour.GOOD)


def _standing(standing: PortStatus, screen: Screen) -> Iterator[str]:
    entry = standing.entry
    endpoint = entry.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    at = f" at {endpoint.address}" if endpoint.address is not None else ""
    on = f" on {endpoint.host}" if endpoint.host is not None else ""
    name = screen.style(escape_controls(format_name(entry.name)), Colour.STRONG)
    yield f"{name} = {endpoint.ports} ({protocols}){escape_controls(at + on)}"
    _, colour = status_word(standing)
    if not standing.owners:
        reason = f": {standing.reason}" if standing.reason else ""
        yield f"  {screen.style(_WORDS[standing.state], colour)}{escape_controls(reason)}"
    for holder in standing.owners:
        reason = f": {holder.reason}" if holder.reason else ""
        yield f"  {screen.style(_WORDS[holder.state], colour)}{escape_controls(reason)}"
        if holder.state is PortState.EXPECTED and standing.reach is not Reach.DECLARED:
            said = f"but on {_REACHES[standing.reach]}"
            yield f"  {screen.style(said, Colour.WARNING)}"
        yield from _holder(holder, endpoint.ports)


def _holder(holder: PortOwner, ports: PortRange) -> Iterator[str]:
    yield _fact("listens on", addresses_text(holder.listeners, ports))
    for process in holder.processes[:_MOST_PROCESSES]:
        yield from _process(process)
    more = len(holder.processes) - _MOST_PROCESSES
    if more > 0:
        yield _fact("and", f"{more} more processes")
    if not holder.processes and holder.user:
        yield _fact("user", holder.user)
    for keeper in holder.supervisors:
        yield _fact("kept by", f"{supervisor_text(keeper)}; to stop it: {keeper.stop}")


def _process(process: Process) -> Iterator[str]:
    began = started_text(process.started)
    yield _fact("process", f"pid {process.pid} of {process.user or '?'}, since {began}")
    yield _fact("  runs", command_text(process))
    if process.directory:
        yield _fact("  in", process.directory)


def _fact(head: str, said: str) -> str:
    return f"    {head:<10}  {escape_controls(said)}"
