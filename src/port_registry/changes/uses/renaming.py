"""The edits that call an entry by another name wherever it is used."""

from collections.abc import Iterator

from port_registry.changes.uses.annotations import marks_of
from port_registry.changes.uses.blocked_uses import Stuck
from port_registry.changes.uses.change_context import Scene
from port_registry.changes.uses.changes import Changes
from port_registry.changes.uses.enclosing_calls import goes_through, names_in_text
from port_registry.changes.uses.has_attr_checks import questions_of
from port_registry.changes.uses.nix_fleet import fleet_of
from port_registry.changes.uses.nix_text import Texts
from port_registry.changes.uses.options import options_set
from port_registry.changes.uses.references import Rewriter
from port_registry.changes.uses.rename_map import Renaming
from port_registry.model import Edit, Note, SourceError, Span, format_name, known_keys
from port_registry.registry.edit.languages import NIX
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.module_facts import OptionDefinition


def rename_uses(scene: Scene, renaming: Renaming) -> Changes:
    """Return what calls the entry of `scene` by its other name in all that uses it."""
    changes = Changes()
    fleet = fleet_of(scene.gathered)
    texts = Texts(scene.files)
    rewriter = Rewriter(scene.files, fleet, texts, scene.entry.replace(name=renaming.new), renaming)
    own = scene.registries()
    for reached in fleet.reached:
        if reached.registry not in own:
            continue
        if renaming.names(reached.name):
            changes.take(rewriter.rewrite(reached))
        elif renaming.vanishes(reached.name):
            changes.take(rewriter.lead_on(reached))
        elif renaming.may_be(reached.name):
            _look_at_computed(changes, texts, reached, renaming)
        else:
            _look_at_whole(changes, texts, reached, renaming)
    for reached in questions_of(fleet, texts, renaming.old):
        if reached.registry in own:
            changes.take(rewriter.rewrite_question(reached))
    changes.told += _unread(scene)
    for definition in options_set(fleet, renaming.old, own):
        changes.stuck.append(_set_elsewhere(definition, renaming))
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


def _look_at_computed(
    changes: Changes, texts: Texts, reached: ResolvedReference, renaming: Renaming
) -> None:
    """Look at a reference with an attribute that is computed, and may be the entry's."""
    span, shown = reached.reference.span, format_name(renaming.old)
    if not reached.reference.written:
        return
    if goes_through(texts.of(span.path), reached.reference.last):
        changes.told.append(Note(f"this goes through all names, {shown} among them", span))
        return
    message = f"an attribute is computed here, which may be that of {shown}"
    hint = "write the entries' names out there, or change all of it by hand"
    changes.stuck.append(Stuck(span, message, hint))


def _look_at_whole(
    changes: Changes, texts: Texts, reached: ResolvedReference, renaming: Renaming
) -> None:
    """Look at a reference to all of a category, which may take the entry out of it."""
    name, old = reached.name, renaming.old
    if reached.reference.binds or len(name) >= len(old) or name != old[: len(name)]:
        return
    span = reached.reference.span
    below = old[len(name)]
    if names_in_text(texts.of(span.path), span, below):
        message = f"{format_name(old)} is named by a string here, which cannot be followed"
        hint = f"write `….{format_name(old)}` there, or change all of it by hand"
        changes.stuck.append(Stuck(span, message, hint))
    elif name and reached.reference.written:
        category = format_name(old[: len(name)])
        changes.told.append(Note(f"this takes all of {category}, and sees the other name", span))


def _set_elsewhere(definition: OptionDefinition, renaming: Renaming) -> Stuck:
    return Stuck(
        definition.span,
        f"a module sets {format_name(renaming.old)} as an option here",
        "take it away for the time being, or change all of it by hand",
    )
