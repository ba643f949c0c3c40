"""Text of `check --update-baseline`: the update of the baseline."""

from port_registry.checks.baseline_update import BaselineUpdate
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def baseline_update_text(update: BaselineUpdate, screen: Screen) -> str:
    """Return how many findings the update accepted or dropped."""
    file = escape_controls(update.display_path)
    if update.created:
        summary = f"Accepted {counted(update.left, 'finding')} in {file}"
    else:
        dropped = counted(update.dropped, "finding")
        summary = f"Dropped {dropped} from {file} ({update.left} left)"
    return f"{screen.style(summary, Colour.GOOD)}.\n"
