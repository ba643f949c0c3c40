"""Why a command was not run: the ports that it needs, and who has them."""

from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text.port_owners import addresses_text, owner_summary
from port_registry.runtime.run_preflight import BlockedRequest


def blocked_text(refusals: tuple[BlockedRequest, ...], screen: Screen) -> str:
    """Return a paragraph for each port that somebody else has."""
    error, hint = screen.style("error", Colour.ERROR), screen.style("hint", Colour.NOTE)
    lines: list[str] = []
    for one in refusals:
        head = f"port {one.request.ports} is taken ({one.request.title})"
        lines.append(f"{error}: {escape_controls(head)}")
        if not one.owners:
            lines.append("  it cannot be bound, and who has it cannot be seen")
        for found in one.owners:
            lines.append(f"  {owner_summary(found)}")
            lines.append(f"    on {addresses_text(found.listeners, one.request.ports)}")
        stops = dict.fromkeys(keeper.stop for found in one.owners for keeper in found.supervisors)
        lines += (f" {hint}: `{escape_controls(stop)}` ends it for good" for stop in stops)
        if not stops and any(found.processes for found in one.owners):
            lines.append(f" {hint}: `port-registry free {one.request.ports.first}` ends it")
    lines.append("nothing was run")
    return "\n".join(lines) + "\n"


def doubt_note(doubt: str, screen: Screen) -> str:
    """Return the note on ports that could not be looked at; empty where there are none."""
    if not doubt:
        return ""
    note = screen.style("note", Colour.NOTE)
    return f"{note}: not every port was looked at: {escape_controls(doubt)}\n"


def cannot_run_text(command: str, reason: str, screen: Screen) -> str:
    """Return why `command` cannot be run."""
    error = screen.style("error", Colour.ERROR)
    return f"{error}: `{escape_controls(command)}`: {escape_controls(reason)}\n"
