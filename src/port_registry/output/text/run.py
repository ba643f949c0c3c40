"""Why a command was not run: the ports that it needs, and who has them."""

from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text.port_owners import brief, sockets
from port_registry.runtime.run_preflight import Refusal


def refused(refusals: tuple[Refusal, ...], screen: Screen) -> str:
    """Return a paragraph for each port that somebody else has."""
    error, hint = screen.style("error", Colour.ERROR), screen.style("hint", Colour.NOTE)
    lines: list[str] = []
    for one in refusals:
        head = f"port {one.claim.ports} is taken ({one.claim.title})"
        lines.append(f"{error}: {escape_controls(head)}")
        if not one.holders:
            lines.append("  it cannot be bound, and who has it cannot be seen")
        for found in one.holders:
            lines.append(f"  {brief(found)}")
            lines.append(f"    on {sockets(found.listeners, one.claim.ports)}")
        stops = dict.fromkeys(keeper.stop for found in one.holders for keeper in found.keepers)
        lines += (f" {hint}: `{escape_controls(stop)}` ends it for good" for stop in stops)
        if not stops and any(found.processes for found in one.holders):
            lines.append(f" {hint}: `port-registry free {one.claim.ports.first}` ends it")
    lines.append("nothing was run")
    return "\n".join(lines) + "\n"


def doubted(doubt: str, screen: Screen) -> str:
    """Return the note on ports that could not be looked at; empty where there are none."""
    if not doubt:
        return ""
    note = screen.style("note", Colour.NOTE)
    return f"{note}: not every port was looked at: {escape_controls(doubt)}\n"


def unrunnable(command: str, reason: str, screen: Screen) -> str:
    """Return why `command` cannot be run."""
    error = screen.style("error", Colour.ERROR)
    return f"{error}: `{escape_controls(command)}`: {escape_controls(reason)}\n"
