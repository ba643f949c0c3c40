"""A word on a new entry."""

from port_registry.changes.add_entry import Planned
from port_registry.model import format_name
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Colour, Screen, escape_controls


def addition_text(planned: Planned, paths: DisplayPaths, screen: Screen, did: str) -> str:
    """Return what was added where and why; `did` is what was done: `Added`, `Would add`."""
    endpoint = planned.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    where = f"{paths.show(planned.rewrite.path)}:{planned.line}"
    entry = f"{format_name(planned.name)} = {endpoint.ports} ({protocols})"
    head = f"{screen.style(did, Colour.GOOD)} {escape_controls(entry)} to {escape_controls(where)}"
    lines = [f"{head}: {escape_controls(planned.choice.reason)}."]
    note = screen.style("note", Colour.NOTE)
    lines += [f"{note}: {escape_controls(remark)}" for remark in planned.choice.remarks]
    return "\n".join(lines) + "\n"
