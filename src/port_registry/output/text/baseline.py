"""A word on the baseline that was written."""

from port_registry.checks.baseline_update import BaselineUpdate
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def baseline_update_text(updated: BaselineUpdate, screen: Screen) -> str:
    """Return the line that says what an update of the baseline did."""
    file = escape_controls(updated.display_path)
    if updated.created:
        did = f"Accepted {counted(updated.left, 'finding')} in {file}"
    else:
        did = f"Dropped {counted(updated.dropped, 'finding')} from {file} ({updated.left} left)"
    return f"{screen.style(did, Colour.GOOD)}.\n"
