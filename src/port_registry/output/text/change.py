"""A word on an entry that was changed with all its uses."""

from port_registry.changes.change_entry import Changed
from port_registry.output.locations import DisplayPaths
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls

_MOST_FILES = 8


def change_text(made: Changed, did: str, paths: DisplayPaths, screen: Screen) -> str:
    """Return what was changed where; `did` says what was done, and to which entry."""
    if not made.rewrites:
        return f"{screen.style('Nothing to change', Colour.GOOD)}: it is so already.\n"
    files = [escape_controls(paths.show(one.path)) for one in made.rewrites]
    more = len(files) - _MOST_FILES
    shown = ", ".join(files[:_MOST_FILES]) + (f" and {more} more" if more > 0 else "")
    uses = (
        f", with {counted(made.uses, 'place that uses', 'places that use')} it" if made.uses else ""
    )
    return f"{screen.style(escape_controls(did), Colour.GOOD)}{uses}: {shown}.\n"


def change_notes(made: Changed, paths: DisplayPaths, screen: Screen) -> str:
    """Return a line for each thing that is worth knowing of a change."""
    label = screen.style("note", Colour.NOTE)
    return "".join(
        f"{label}: {escape_controls(paths.show(one.path))}:"
        f"{one.position.line}:{one.position.column}:"
        f" {escape_controls(one.message)}\n"
        for one in made.told
    )
