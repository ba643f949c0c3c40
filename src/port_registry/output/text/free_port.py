"""A word on ports that are suggested."""

from port_registry.changes.suggest_ports import Unheard
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def too_few_ports_note(found: int, screen: Screen) -> str:
    """Return the line for ranges that have fewer ports left than were asked for."""
    ports = counted(found, "port") if found else "no port"
    return f"{screen.style('note', Colour.NOTE)}: {ports} left in the range of this category\n"


def unknown_category_note(category: Unheard, screen: Screen) -> str:
    """Return what to say of a category that nobody knows."""
    hint = f"; did you mean `{escape_controls(category.meant)}`?" if category.meant else ""
    named = escape_controls(category.category)
    said = f"there is no category `{named}`, looked in {category.ranges[0]}"
    return f"{screen.style('note', Colour.NOTE)}: {said}{hint}\n"
