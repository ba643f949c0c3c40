"""Text that knows where it came from.

A command in a process-compose file is put together from YAML scalars, `${VAR}`
substitutions, `.env` values and Go templates; a Nix string from fragments and
interpolations. `TracedText` keeps, for every stretch of the result, the span it came from, so
that digits found in the result can be shown, and edited, where they really stand.
"""

from collections.abc import Iterable
from typing import NamedTuple

from port_registry.model.entry import Name
from port_registry.model.span import Span


class Segment(NamedTuple):
    """A stretch of text and its origin."""

    text: str
    """The text; never empty."""
    span: Span
    """Where it came from."""
    verbatim: bool
    """Whether the span's own text is `text`, code point for code point; only such a
    piece can be cut finer than as a whole, and edited."""
    entry: Name = ()
    """The entry whose port it is, where it is written as a reference to one."""

    def cut(self, start: int, end: int) -> "Segment":
        """Return the piece of `text[start:end]`, which must not be empty."""
        if start <= 0 and end >= len(self.text):
            return self
        span = self.span
        if self.verbatim:
            span = Span(span.path, span.start + start, span.start + end)
        return Segment(self.text[start:end], span, self.verbatim)


class TracedText(NamedTuple):
    """A text and the pieces it was put together from, in order."""

    text: str
    """The joined texts of `pieces`."""
    pieces: tuple[Segment, ...]

    def locate(self, start: int, end: int) -> Span | None:
        """Return the span where `text[start:end]` stands, character for character.

        None where the stretch is empty, crosses pieces, or lies in one that is not
        verbatim: it can then be shown (see `origin`) but not edited.
        """
        offset = 0
        for piece in self.pieces:
            if start < offset + len(piece.text):
                if not piece.verbatim or start >= end or end > offset + len(piece.text):
                    return None
                base = piece.span.start - offset
                return Span(piece.span.path, base + start, base + end)
            offset += len(piece.text)
        return None

    def origin(self, start: int) -> Span | None:
        """Return the best span to show for the character at `start`."""
        offset = 0
        for piece in self.pieces:
            if start < offset + len(piece.text):
                return piece.span
            offset += len(piece.text)
        return self.pieces[-1].span if self.pieces else None

    def cut(self, start: int, end: int) -> "TracedText":
        """Return `text[start:end]`, still traced."""
        kept: list[Segment] = []
        offset = 0
        for piece in self.pieces:
            low, high = max(start - offset, 0), min(end - offset, len(piece.text))
            if low < high:
                kept.append(piece.cut(low, high))
            offset += len(piece.text)
            if offset >= end:
                break
        return traced(kept)


def traced(pieces: Iterable[Segment]) -> TracedText:
    """Join `pieces`; empty ones are dropped."""
    kept = tuple(piece for piece in pieces if piece.text)
    return TracedText("".join(piece.text for piece in kept), kept)


class TracedValue(NamedTuple):
    """A scalar as a text."""

    text: TracedText
    span: Span
    """The scalar as written, with its quotes."""
