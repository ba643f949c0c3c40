"""Ties of numbers to entries, by references or annotations, which formats write."""

from typing import Protocol

from port_registry.model.entry import Entry
from port_registry.model.finding import Edit
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.use import Use


class ReferenceTie(NamedTuple):
    """The edits that replace a number by a reference in the file's language."""

    edits: tuple[Edit, ...]
    reference: str
    """`ports.databases.redis`."""
    certain: bool
    """Whether the name certainly resolves to the entry, which has its number everywhere."""


class CommentPlace(NamedTuple):
    """The start of a line above which a comment line can be inserted."""

    line: int
    """From 1."""
    start: int
    """The offset of the line."""
    indent: str
    newline: str
    sign: str = "#"
    """The sign at the start of a comment."""


class TieWriter(Protocol):
    """A writer of ties, in the format of each file."""

    def reference(self, use: Use, entry: Entry, registry: int) -> ReferenceTie | None:
        """Return the tie that makes `use` a reference to `entry`, or None.

        `registry` is the index of the entry's registry among those of the project.
        """
        ...

    def comment_place(self, path: str, offset: int) -> CommentPlace | None:
        """Return the insertion point of an annotation for the text at `offset`, or None."""
        ...

    def takes_references(self, path: str) -> bool:
        """Return whether numbers in the file should be references instead of annotated."""
        ...
