"""Notes of `free-port` on the suggested ports."""

from port_registry.changes.suggest_ports import UnknownCategory
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def too_few_ports_note(number: int, screen: Screen) -> str:
    """Return the note on ranges that have only `number` ports left."""
    ports = counted(number, "port") if number else "no port"
    return f"{screen.style('note', Colour.NOTE)}: {ports} left in the range of this category\n"


def unknown_category_note(category: UnknownCategory, screen: Screen) -> str:
    """Return the note on a category that is neither in the registry nor in the convention."""
    name, range_searched = escape_controls(category.category), category.ranges[0]
    similar = escape_controls(category.similar or "")
    suggestion = f"; did you mean `{similar}`?" if similar else ""
    return (
        f"{screen.style('note', Colour.NOTE)}: unknown category `{name}`: "
        f"searched {range_searched}{suggestion}\n"
    )
