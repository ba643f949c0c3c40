"""Text of `add`: the new entry."""

from port_registry.changes.add_entry import PlannedEntry
from port_registry.model import format_name
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Colour, Screen, escape_controls


def addition_text(planned: PlannedEntry, paths: DisplayPaths, screen: Screen, verb: str) -> str:
    """Return what is added, where and why; `verb` is `Added` or `Would add`."""
    endpoint = planned.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    location = escape_controls(f"{paths.show(planned.rewrite.path)}:{planned.line}")
    entry = escape_controls(f"{format_name(planned.name)} = {endpoint.ports} ({protocols})")
    reason = escape_controls(planned.choice.reason)
    lines = [f"{screen.style(verb, Colour.GOOD)} {entry} to {location}: {reason}."]
    note = screen.style("note", Colour.NOTE)
    lines += [f"{note}: {escape_controls(remark)}" for remark in planned.choice.remarks]
    return "\n".join(lines) + "\n"
