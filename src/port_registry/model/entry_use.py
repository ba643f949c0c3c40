"""Uses of one entry, and their changes when the entry changes."""

from enum import Enum

from port_registry.model.entry import Name, Note
from port_registry.model.finding import Edit
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.span import Span
from port_registry.model.use import KeyPath


class UseForm(Enum):
    """The way in which an entry is used."""

    REFERENCE = "reference"
    COMPUTED = "computed reference"
    """A reference with a computed attribute, which may be that of the entry."""
    QUESTION = "question"
    """A check whether the registry has the entry."""
    OPTION = "option"
    """A definition of the entry, which is an option, in a module."""
    ANNOTATION = "annotation"
    NUMBER = "number"
    """A number that belongs to the entry, by a comment or its context."""
    LOOSE = "loose number"
    """A number that may belong to the entry."""


class EntryUse(NamedTuple):
    """One use of an entry."""

    span: Span
    form: UseForm


class BlockedUse(NamedTuple):
    """A use that cannot be changed."""

    span: Span
    message: str
    """The use, and why it cannot be changed."""
    hint: str
    """The way out."""


UseChange = tuple[Edit, ...] | BlockedUse | Note
"""The change of one use: edits (none for an unchanged use), the reason that blocks the whole
change, or a note on a use that is kept on purpose."""


class Renaming(NamedTuple):
    """The old and the new name of an entry."""

    old: Name
    new: Name
    vanishing: int = 0
    """The length of the shortest category in the old name that vanishes with the entry; 0
    where none does. References to it must refer to the new category of the entry."""

    def above(self, size: int) -> int | None:
        """Return the length of the prefix of the new name that replaces one of the old name.

        The old prefix has `size` parts. None where nothing of the new name replaces it.
        """
        if self.old[:size] == self.new[:size] and len(self.new) > size:
            return size
        moved = size + len(self.new) - len(self.old)
        return moved if self.vanishing and size >= self.vanishing and moved > 0 else None

    def of(self, name: KeyPath) -> KeyPath:
        """Return `name` after the renaming, which changes the entry and names below it."""
        size = len(self.old)
        if name[:size] == self.old:
            return (*self.new, *name[size:])
        return self.new[: self.above(len(name))] if self.vanishes(name) else name

    def vanishes(self, name: KeyPath) -> bool:
        """Return whether `name` is that of a category that vanishes with the entry."""
        size = len(name)
        is_vanishing = self.vanishing and self.vanishing <= size < len(self.old)
        return bool(is_vanishing) and name == self.old[:size] and self.above(size) is not None

    def names(self, name: KeyPath) -> bool:
        """Return whether `name` is that of the entry, or of an attribute of it."""
        return name[: len(self.old)] == self.old

    def may_be(self, name: KeyPath) -> bool:
        """Return whether `name`, which has computed parts, may be the entry or below it."""
        return len(name) >= len(self.old) and all(
            step is None or step == own for step, own in zip(name, self.old, strict=False)
        )
