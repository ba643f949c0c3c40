"""The edits that call an entry by another name wherever it is used."""

from collections.abc import Iterator

from port_registry.changes.uses.annotations import marks_of
from port_registry.changes.uses.change_context import Scene
from port_registry.changes.uses.changes import UseChanges
from port_registry.model import (
    Edit,
    Note,
    Renaming,
    SourceError,
    Span,
    format_name,
    known_keys,
)
from port_registry.registry.edit.languages import NIX


def rename_uses(scene: Scene, renaming: Renaming) -> UseChanges:
    """Return what calls the entry of `scene` by its other name in all that uses it."""
    changes = UseChanges()
    own = scene.registries()
    for reading in scene.gathered.readings:
        if reading.references_to is not None:
            renamed = scene.entry.replace(name=renaming.new)
            for change in reading.references_to.rename(renamed, renaming, own):
                changes.take(change)
    changes.notes += _unread(scene)
    for path, mark in marks_of(scene.project):
        if path in own and mark.entry is not None and mark.entry.name == renaming.old:
            name = known_keys(renaming.of(mark.annotation.name))
            if name is not None and name != mark.annotation.name:
                changes.take((Edit(mark.annotation.name_span, NIX.path(name)),))
    return changes


def _unread(scene: Scene) -> Iterator[Note]:
    """Yield a word on each file that cannot be read and has the entry's name in it."""
    for path in (path for reading in scene.gathered.readings for path in reading.unread):
        try:
            text = scene.files.read(path).text
        except SourceError:
            text = ""
        if scene.name[-1] in text:
            shown = format_name(scene.name)
            yield Note(f"this file cannot be read, and may use {shown}", Span(path, 0, 0))
