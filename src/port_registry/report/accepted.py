"""A word on the baseline that was written."""

from port_registry.engine.ratchet import Updated
from port_registry.report.screen import Colour, Screen, harmless
from port_registry.report.words import count


def baseline_said(updated: Updated, screen: Screen) -> str:
    """Return the line that says what an update of the baseline did."""
    file = harmless(updated.shown)
    if updated.created:
        did = f"Accepted {count(updated.left, 'finding')} in {file}"
    else:
        did = f"Dropped {count(updated.dropped, 'finding')} from {file} ({updated.left} left)"
    return f"{screen.paint(did, Colour.GOOD)}.\n"
