"""Files and locations in them: sources, their reader, spans, and positions in lines and columns.

Offsets count the code points of the decoded text, from 0. A source is decoded as strict
UTF-8 with no newline translation and no BOM removal, so the text encodes back to exactly
the bytes that were read, and an edit of the text changes no other byte.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import Protocol

from port_registry.model.named_tuple import NamedTuple


class Span(NamedTuple):
    """A half-open interval `[start, end)` of one source's text."""

    path: str
    """The source, as its path relative to the project's root, with forward slashes."""
    start: int
    """Offset of the first code point, from 0."""
    end: int
    """Offset after the last code point; equal to `start` for an empty span."""


class Position(NamedTuple):
    """A line and a column, both from 1; columns count code points."""

    line: int
    column: int


class Source:
    """The text of one file, as it was read; immutable."""

    __slots__ = ("_line_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._line_starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """Return the offset of each line's first code point; LF ends a line."""
        if self._line_starts is None:
            lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
            self._line_starts = [0, *accumulate(lengths)]
        return self._line_starts

    def position(self, offset: int) -> Position:
        """Return the line and column of `offset`, which is clamped to the text.

        A byte order mark at the start of the text does not count as a column.
        """
        offset = max(0, min(offset, len(self.text)))
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if line == 1 and self.text.startswith("\ufeff") and column > 1:
            column -= 1
        return Position(line, column)

    def line_text(self, line: int) -> str:
        """Return the text of line `line` (from 1), without its line ending."""
        starts = self.line_starts()
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def slice(self, span: Span) -> str:
        """Return the text of `span`, which must be a span of this source."""
        return self.text[span.start : span.end]


class Reader(Protocol):
    """A reader of the files of one project.

    Paths are relative to the project's root, normalised, with forward slashes. A reader
    returns the same `Source` for the same path throughout its life.
    """

    def read(self, path: str) -> Source:
        """Return the file at `path`.

        Raises `SourceError` with the reason where the file is absent, is not a regular
        file, cannot be opened, exceeds the reader's size limit, is not UTF-8, or is
        outside the project (through `..` or a link).
        """
        ...

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the project."""
        ...
