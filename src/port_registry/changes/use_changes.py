"""Changes of uses: the edits that rename an entry, or give it another port, at every use."""

from collections.abc import Iterator

from port_registry.changes.change_context import ChangeContext, HoldingRegistry
from port_registry.changes.entry_uses import (
    TiedNumber,
    entry_annotations,
    loose_numbers,
    repeated_numbers,
    tied_numbers,
)
from port_registry.model import (
    BlockedUse,
    Edit,
    Name,
    NamedTuple,
    Note,
    PortRange,
    Renaming,
    SourceError,
    Span,
    UseChange,
    format_name,
    known_keys,
)
from port_registry.registry.edit.languages import NIX

Edits = tuple[Edit, ...]


class UseChanges:
    """The edits of uses, the uses that block the change, and notes on unchanged ones."""

    def __init__(self) -> None:
        self.edits: list[Edits] = []
        """The edits of each use."""
        self.blocked: list[BlockedUse] = []
        self.notes: list[Note] = []

    def add(self, change: UseChange) -> None:
        """Add the change of one use."""
        if isinstance(change, BlockedUse):
            self.blocked.append(change)
        elif isinstance(change, Note):
            self.notes.append(change)
        elif change and change not in self.edits:
            self.edits.append(change)


def rename_uses(context: ChangeContext, renaming: Renaming) -> UseChanges:
    """Return the changes that rename the entry of `context` at every use."""
    changes = UseChanges()
    registries = context.registries()
    for reading in context.gathered.readings:
        if reading.references_to is not None:
            renamed = context.entry.replace(name=renaming.new)
            for change in reading.references_to.rename(renamed, renaming, registries):
                changes.add(change)
    changes.notes += _unread(context)
    for path, target in entry_annotations(context.project):
        if path not in registries or target.entry is None or target.entry.name != renaming.old:
            continue
        annotation = target.annotation
        name = known_keys(renaming.of(annotation.name))
        if name is not None and name != annotation.name:
            changes.add((Edit(annotation.name_span, NIX.path(name)),))
    return changes


def _unread(context: ChangeContext) -> Iterator[Note]:
    """Yield a note for each file that cannot be read and has the entry's name in it."""
    for path in (path for reading in context.gathered.readings for path in reading.unread):
        try:
            text = context.files.read(path).text
        except SourceError:
            text = ""
        if context.name[-1] in text:
            name = format_name(context.name)
            yield Note(f"this file cannot be read, and may use {name}", Span(path, 0, 0))


class Renumbering(NamedTuple):
    """The ports of an entry before and after a change."""

    name: Name
    old: PortRange
    new: PortRange

    def new_number(self, number: int) -> int | None:
        """Return the new value of `number`, a port of the entry; None where it has none."""
        if self.old.last - self.old.first != self.new.last - self.new.first:
            return number if self.new.holds(number) else None
        return number - self.old.first + self.new.first


def renumber_uses(context: ChangeContext, holder: HoldingRegistry, ports: PortRange) -> UseChanges:
    """Return the changes that give `ports` to the numbers tied to the entry of `holder`."""
    changes = UseChanges()
    project, name = context.project, context.name
    renumbering = Renumbering(name, holder.binding.entry.endpoint.ports, ports)
    for tied in (
        *tied_numbers(project, holder.path, name),
        *repeated_numbers(project, holder.path, name),
    ):
        changes.add(_renumber(tied, renumbering))
    for span in loose_numbers(project, holder.path, name):
        message = f"nothing ties this number to {format_name(name)} for sure; it stays"
        changes.notes.append(Note(message, span))
    return changes


def _renumber(tied: TiedNumber, renumbering: Renumbering) -> UseChange:
    """Return the edit that gives `tied` its new number, or why it cannot be changed."""
    name, number = format_name(renumbering.name), renumbering.new_number(tied.number)
    if number is None:
        return BlockedUse(
            span=tied.span,
            message=f"{tied.number} is of {name}, and nothing in {renumbering.new} is like it",
            hint="keep the number of ports, or change all of it by hand",
        )
    if tied.digits is None:
        return BlockedUse(
            span=tied.span,
            message=f"{tied.number} is tied to {name} and is not written here as one number",
            hint="write it out there, or change all of it by hand",
        )
    return (Edit(tied.digits, str(number)),) if number != tied.number else ()
