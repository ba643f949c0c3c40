"""Uses of one entry, and what a change of the entry does to them."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.entry import Name, Note
from port_registry.model.finding import Edit
from port_registry.model.span import Span
from port_registry.model.use import KeyPath


class UseForm(Enum):
    """How a place uses an entry."""

    REFERENCE = "reference"
    COMPUTED = "computed reference"
    """A reference with a computed attribute, which may be the entry's."""
    QUESTION = "question"
    """Whether the registry has the entry."""
    OPTION = "option"
    """A module sets the entry, which is an option."""
    ANNOTATION = "annotation"
    NUMBER = "number"
    """A number that is the entry's, as a comment or its surroundings tell."""
    LOOSE = "loose number"
    """A number that may be the entry's."""


class EntryUse(NamedTuple):
    """One place that uses an entry."""

    span: Span
    form: UseForm


class BlockedUse(NamedTuple):
    """A use that cannot be changed."""

    span: Span
    message: str
    """What it is, and why it cannot be changed."""
    hint: str
    """What to do."""


UseChange = tuple[Edit, ...] | BlockedUse | Note
"""What becomes of one use: edits (none where it stays as it is), the reason that stops the
whole change, or a word on what is left on purpose."""


class Renaming(NamedTuple):
    """One entry, and its other name."""

    old: Name
    new: Name
    vanishing: int = 0
    """How many of the first steps of the old name make a category that is gone with the entry,
    at the least; 0 where none is. What leads there has to lead to where the entry is."""

    def above(self, size: int) -> int | None:
        """Return for how many steps of the new name a name stands afterwards.

        It stands for the first `size` steps of the old one now. None where it does not lead
        to the entry any more.
        """
        if self.old[:size] == self.new[:size] and len(self.new) > size:
            return size
        moved = size + len(self.new) - len(self.old)
        return moved if self.vanishing and size >= self.vanishing and moved > 0 else None

    def of(self, name: KeyPath) -> KeyPath:
        """Return what `name` is afterwards: another one for the entry and what is below it."""
        size = len(self.old)
        if name[:size] == self.old:
            return (*self.new, *name[size:])
        return self.new[: self.above(len(name))] if self.vanishes(name) else name

    def vanishes(self, name: KeyPath) -> bool:
        """Return whether `name` is that of a category that is gone with the entry."""
        size = len(name)
        is_gone = self.vanishing and self.vanishing <= size < len(self.old)
        return bool(is_gone) and name == self.old[:size] and self.above(size) is not None

    def names(self, name: KeyPath) -> bool:
        """Return whether `name` is that of the entry, or of something in it."""
        return name[: len(self.old)] == self.old

    def may_be(self, name: KeyPath) -> bool:
        """Return whether `name`, parts of which are computed, may be the entry or be below it."""
        return len(name) >= len(self.old) and all(
            step is None or step == own for step, own in zip(name, self.old, strict=False)
        )
