"""Where things stand: sources, spans in them, and positions for people.

Offsets count the code points of the decoded text, from 0. A source is decoded as strict
UTF-8 with no newline translation and no BOM removal, so the text encodes back to exactly
the bytes that were read, and an edit of the text touches no other byte.
"""

from bisect import bisect_right
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch `[start, end)` of one source's text."""

    path: str
    """The source, as its path relative to the project's root, with forward slashes."""
    start: int
    """Offset of the first code point, from 0."""
    end: int
    """Offset behind the last code point; equal to `start` for a place between two."""


class Position(NamedTuple):
    """A line and a column for people, both from 1; columns count code points."""

    line: int
    column: int


class Source:
    """One file as it was read: its text and its lines. Never changed after it is made."""

    __slots__ = ("_line_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._line_starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """Return the offset of each line's first code point; LF ends a line."""
        starts = self._line_starts
        if starts is None:
            starts = [0]
            found = self.text.find("\n")
            while found >= 0:
                starts.append(found + 1)
                found = self.text.find("\n", found + 1)
            self._line_starts = starts
        return starts

    def position(self, offset: int) -> Position:
        """Return the line and column of `offset`, which is clamped to the text.

        A byte order mark at the start of the text takes no column.
        """
        offset = max(0, min(offset, len(self.text)))
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if line == 1 and self.text.startswith("\ufeff") and column > 1:
            column -= 1
        return Position(line, column)

    def line_text(self, line: int) -> str:
        """Return the text of line `line` (from 1), without its line end."""
        starts = self.line_starts()
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def slice(self, span: Span) -> str:
        """Return the text that `span`, which must be of this source, covers."""
        return self.text[span.start : span.end]
