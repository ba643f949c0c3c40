"""Text of `rename`, `move`, `set` and `remove`: an entry changed with all its uses."""

from port_registry.changes.change_entry import EntryChange
from port_registry.output.locations import DisplayPaths
from port_registry.output.plural import counted, first_few
from port_registry.output.terminal import Colour, Screen, escape_controls

_MAX_FILES = 8


def change_text(changed: EntryChange, summary: str, paths: DisplayPaths, screen: Screen) -> str:
    """Return `summary`, such as `Renamed a.b to a.c`, with the files that change."""
    if not changed.rewrites:
        return f"{screen.style('Nothing to change', Colour.GOOD)}: already up to date.\n"
    files = [escape_controls(paths.show(rewrite.path)) for rewrite in changed.rewrites]
    uses = ""
    if changed.uses:
        uses = f", with {counted(changed.uses, 'place that uses', 'places that use')} it"
    done = screen.style(escape_controls(summary), Colour.GOOD)
    return f"{done}{uses}: {first_few(files, _MAX_FILES)}.\n"


def change_notes(changed: EntryChange, paths: DisplayPaths, screen: Screen) -> str:
    """Return a line for each note on a change."""
    label = screen.style("note", Colour.NOTE)
    return "".join(
        f"{label}: {escape_controls(paths.show(note.path))}:"
        f"{note.position.line}:{note.position.column}:"
        f" {escape_controls(note.message)}\n"
        for note in changed.notes
    )
