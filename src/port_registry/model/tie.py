"""How a number becomes tied to an entry: what fixes ask the formats for."""

from typing import NamedTuple, Protocol

from port_registry.model.entry import Entry
from port_registry.model.finding import Edit
from port_registry.model.use import Use


class ReferenceTie(NamedTuple):
    """The edits that make a number a reference in the file's own language."""

    edits: tuple[Edit, ...]
    reference: str
    """`ports.databases.redis`."""
    certain: bool
    """Whether the name surely leads to the entry, and the entry has its number everywhere."""


class CommentPlace(NamedTuple):
    """The start of a line that a comment line may be put above."""

    line: int
    """From 1."""
    start: int
    """The offset of the line."""
    indent: str
    newline: str
    sign: str = "#"
    """What a comment begins with."""


class TieWriter(Protocol):
    """Writes ties; each file is its format's own affair."""

    def reference(self, use: Use, entry: Entry, registry: int) -> ReferenceTie | None:
        """Return what makes `use` a reference to `entry`, or None where nothing can.

        `registry` is the position of the entry's registry among the project's.
        """
        ...

    def comment_place(self, path: str, offset: int) -> CommentPlace | None:
        """Return where an annotation for the text at `offset` can be put, or None."""
        ...

    def takes_references(self, path: str) -> bool:
        """Return whether numbers in the file should be references, and not be annotated."""
        ...
