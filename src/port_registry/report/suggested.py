"""A word on ports that are suggested."""

from port_registry.report.screen import Colour, Screen
from port_registry.report.words import count


def fewer(found: int, screen: Screen) -> str:
    """Return the line for ranges that have fewer ports left than were asked for."""
    ports = count(found, "port") if found else "no port"
    return f"{screen.paint('note', Colour.NOTE)}: {ports} left in the range of this category\n"
