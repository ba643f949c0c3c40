"""A word on the baseline that was written."""

from port_registry.checks.baseline_update import Updated
from port_registry.output.plural import count
from port_registry.output.terminal import Colour, Screen, escape_controls


def baseline_said(updated: Updated, screen: Screen) -> str:
    """Return the line that says what an update of the baseline did."""
    file = escape_controls(updated.shown)
    if updated.created:
        did = f"Accepted {count(updated.left, 'finding')} in {file}"
    else:
        did = f"Dropped {count(updated.dropped, 'finding')} from {file} ({updated.left} left)"
    return f"{screen.style(did, Colour.GOOD)}.\n"
