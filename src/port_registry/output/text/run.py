"""Text of `run`: why a command was not run."""

from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.output.text.port_owners import addresses_text, owner_summary
from port_registry.runtime.run_preflight import BlockedRequest


def blocked_text(blocked: tuple[BlockedRequest, ...], screen: Screen) -> str:
    """Return a paragraph for each port that another process has."""
    error, hint = screen.style("error", Colour.ERROR), screen.style("hint", Colour.NOTE)
    lines: list[str] = []
    for item in blocked:
        ports = item.request.ports
        head = f"port {ports} is taken ({item.request.title})"
        lines.append(f"{error}: {escape_controls(head)}")
        if not item.owners:
            lines.append("  it cannot be bound, and its owner is not visible")
        for owner in item.owners:
            lines.append(f"  {owner_summary(owner)}")
            lines.append(f"    on {addresses_text(owner.listeners, ports)}")
        commands = dict.fromkeys(
            supervisor.stop for owner in item.owners for supervisor in owner.supervisors
        )
        lines += (f" {hint}: `{escape_controls(stop)}` stops it for good" for stop in commands)
        if not commands and any(owner.processes for owner in item.owners):
            lines.append(f" {hint}: `port-registry free {ports.first}` ends it")
    lines.append("nothing was run")
    return "\n".join(lines) + "\n"


def doubt_note(doubt: str, screen: Screen) -> str:
    """Return the note on ports that could not be checked; empty where there are none."""
    if not doubt:
        return ""
    note = screen.style("note", Colour.NOTE)
    return f"{note}: not every port was checked: {escape_controls(doubt)}\n"


def cannot_run_text(command: str, reason: str, screen: Screen) -> str:
    """Return why `command` cannot be run."""
    error = screen.style("error", Colour.ERROR)
    return f"{error}: `{escape_controls(command)}`: {escape_controls(reason)}\n"
