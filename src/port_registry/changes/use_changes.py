"""Changes of uses: the edits that rename an entry, or give it another port, at every use."""

from collections.abc import Iterator

from port_registry import model
from port_registry.changes import entry_uses
from port_registry.changes.change_context import ChangeContext, HoldingRegistry
from port_registry.registry.edit.languages import NIX

Edits = tuple[model.Edit, ...]


class UseChanges:
    """The edits of uses, the uses that block the change, and notes on unchanged ones."""

    def __init__(self) -> None:
        self.edits: list[Edits] = []
        """The edits of each use."""
        self.blocked: list[model.BlockedUse] = []
        self.notes: list[model.Note] = []

    def add(self, change: model.UseChange) -> None:
        """Add the change of one use."""
        if isinstance(change, model.BlockedUse):
            self.blocked.append(change)
        elif isinstance(change, model.Note):
            self.notes.append(change)
        elif change and change not in self.edits:
            self.edits.append(change)


def rename_uses(context: ChangeContext, renaming: model.Renaming) -> UseChanges:
    """Return the changes that rename the entry of `context` at every use."""
    changes = UseChanges()
    registries = context.registries()
    for reading in context.gathered.readings:
        if reading.references_to is not None:
            renamed = context.entry.replace(name=renaming.new)
            for change in reading.references_to.rename(renamed, renaming, registries):
                changes.add(change)
    changes.notes += _unread(context)
    for path, target in entry_uses.entry_annotations(context.project):
        if path not in registries or target.entry is None or target.entry.name != renaming.old:
            continue
        annotation = target.annotation
        name = model.known_keys(renaming.of(annotation.name))
        if name is not None and name != annotation.name:
            changes.add((model.Edit(annotation.name_span, NIX.path(name)),))
    return changes


def _unread(context: ChangeContext) -> Iterator[model.Note]:
    """Yield a note for each file that cannot be read and has the entry's name in it."""
    for path in (path for reading in context.gathered.readings for path in reading.unread):
        try:
            text = context.files.read(path).text
        except model.SourceError:
            text = ""
        if context.name[-1] in text:
            message = f"this file cannot be read, and may use {model.format_name(context.name)}"
            yield model.Note(message, model.Span(path, 0, 0))


def renumber_uses(
    context: ChangeContext, holder: HoldingRegistry, ports: model.PortRange
) -> UseChanges:
    """Return the changes that give `ports` to the numbers tied to the entry of `holder`."""
    changes = UseChanges()
    project, name, old = context.project, context.name, holder.binding.entry.ports
    for tied in (
        *entry_uses.tied_numbers(project, holder.path, name),
        *entry_uses.repeated_numbers(project, holder.path, name),
    ):
        changes.add(_renumber(tied, model.format_name(name), old, ports))
    for span in entry_uses.loose_numbers(project, holder.path, name):
        message = f"nothing ties this number to {model.format_name(name)} for sure; it stays"
        changes.notes.append(model.Note(message, span))
    return changes


def _renumber(
    tied: entry_uses.TiedNumber, name: str, old: model.PortRange, new: model.PortRange
) -> model.UseChange:
    """Return the edit that gives `tied` its new number, or why it cannot be changed."""
    is_same_size = old.last - old.first == new.last - new.first
    number = tied.number - old.first + new.first if is_same_size else tied.number
    if not is_same_size and not new.holds(tied.number):
        return model.BlockedUse(
            span=tied.span,
            message=f"{tied.number} is of {name}, and nothing in {new} is like it",
            hint="keep the number of ports, or change all of it by hand",
        )
    if tied.digits is None:
        return model.BlockedUse(
            span=tied.span,
            message=f"{tied.number} is tied to {name} and is not written here as one number",
            hint="write it out there, or change all of it by hand",
        )
    return (model.Edit(tied.digits, str(number)),) if number != tied.number else ()
