"""Text of `run`: why a command was not run."""

from port_registry.output.terminal import Screen, escape_controls
from port_registry.output.text.port_owners import addresses_text, owner_summary
from port_registry.runtime.run_preflight import BlockedRequest


def blocked_text(blocked: tuple[BlockedRequest, ...], screen: Screen) -> str:
    """Return a paragraph for each port that another process has."""
    text = ""
    for item in blocked:
        ports = item.request.ports
        text += screen.error(escape_controls(f"port {ports} is taken ({item.request.title})"))
        if not item.owners:
            text += "  it cannot be bound, and its owner is not visible\n"
        for owner in item.owners:
            text += f"  {owner_summary(owner)}\n"
            text += f"    on {addresses_text(owner.listeners, ports)}\n"
        commands = dict.fromkeys(
            supervisor.stop for owner in item.owners for supervisor in owner.supervisors
        )
        for stop in commands:
            text += screen.hint(f"`{escape_controls(stop)}` stops it for good")
        if not commands and any(owner.processes for owner in item.owners):
            text += screen.hint(f"`port-registry free {ports.first}` ends it")
    return f"{text}nothing was run\n"


def doubt_note(doubt: str, screen: Screen) -> str:
    """Return the note on ports that could not be checked; empty where there are none."""
    if not doubt:
        return ""
    return screen.note(f"not every port was checked: {escape_controls(doubt)}")


def cannot_run_text(command: str, reason: str, screen: Screen) -> str:
    """Return why `command` cannot be run."""
    return screen.error(f"`{escape_controls(command)}`: {escape_controls(reason)}")
