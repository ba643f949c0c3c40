"""Where text that was put together, or could not be, comes from.

A file's text is changed before it is parsed (`${VAR}` is replaced), so what is found in the
tree has to be traced back once more. What only the environment, or a running program, could
tell stands in a text as `UNKNOWN`, one code point that no sensible file holds.
"""

from bisect import bisect_right
from collections.abc import Iterable

from port_registry.model import Name, Segment, Span, TracedText, Unknown, join_segments

_SCRIPTS = 200_000
_SCRIPTS_PER_CODE_POINT = 3
"""How many code points of scripts are read in one stack, aliases counted each time: so many,
and so many for each code point of its files."""

UNKNOWN = "\U0010fffd"
"""Stands for text that cannot be known: the last private-use character but two."""


class SourceMap:
    """Traces stretches of one text back, however many pieces it has."""

    def __init__(self, text: TracedText) -> None:
        self._pieces = text.segments
        self.text = text.text
        self._starts: list[int] = []
        at = 0
        for piece in text.segments:
            self._starts.append(at)
            at += len(piece.text)

    def cut(self, start: int, end: int) -> list[Segment]:
        """Return the pieces of `text[start:end]`."""
        kept: list[Segment] = []
        index = max(bisect_right(self._starts, start) - 1, 0)
        for number in range(index, len(self._pieces)):
            first = self._starts[number]
            if first >= end:
                break
            piece = self._pieces[number]
            low, high = max(start - first, 0), min(end - first, len(piece.text))
            if low >= high:
                continue
            kept.append(piece.cut(low, high))
        return kept

    def traced(self, text: TracedText) -> TracedText:
        """Return `text`, whose spans are of this text, with the spans it really has."""
        pieces: list[Segment] = []
        for piece in text.segments:
            if piece.verbatim:
                pieces.extend(self.cut(piece.span.start, piece.span.end))
            else:
                pieces.append(Segment(piece.text, self.span(piece.span), verbatim=False))
        return join_segments(pieces)

    def span(self, span: Span) -> Span:
        """Return where a stretch of this text comes from, as a whole."""
        if span.start == span.end:
            at = self.position(span.start)
            return Span(at.path, at.start, at.start)
        return enclosing_span(self.cut(span.start, span.end), span)

    def position(self, offset: int) -> Span:
        """Return the place, an empty span, that the place before `offset` comes from."""
        if not self._pieces:
            return Span("", 0, 0)
        index = max(bisect_right(self._starts, offset) - 1, 0)
        inside = offset - self._starts[index]
        piece = self._pieces[index]
        at = piece.span.start + inside if piece.verbatim else piece.span.end if inside else 0
        if not piece.verbatim and not inside:
            at = piece.span.start
        return Span(piece.span.path, at, at)


def enclosing_span(pieces: Iterable[Segment], otherwise: Span) -> Span:
    """Return one span over the pieces that lie in the first piece's file."""
    found: Span | None = None
    for piece in pieces:
        if found is None:
            found = piece.span
        elif piece.span.path == found.path:
            low = min(found.start, piece.span.start)
            found = Span(found.path, low, max(found.end, piece.span.end))
    return otherwise if found is None else found


def placed(text: TracedText, place: Span) -> TracedText:
    """Return `text` with `place` for those of its spans that are in no file."""
    return join_segments(
        piece if piece.span.path else Segment(piece.text, place, verbatim=False)
        for piece in text.segments
    )


class UnknownTracker:
    """What could not be known, and why; kept until it turns out to matter."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, int], str] = {}
        self.unknown: list[Unknown] = []
        self._seen: set[Unknown] = set()
        self._budget = _SCRIPTS

    def grant(self, length: int) -> None:
        """Allow for the scripts of a file of this length."""
        self._budget += length * _SCRIPTS_PER_CODE_POINT

    def spend(self, length: int) -> bool:
        """Return whether a script of this length may be read; their sum is bounded."""
        self._budget -= length
        return self._budget >= 0

    def piece(self, reason: str, span: Span) -> Segment:
        """Return the stand-in for text at `span` that cannot be known for this reason."""
        self._reasons.setdefault((span.path, span.start), reason)
        return Segment(UNKNOWN, span, verbatim=False)

    def stand_in(self, reason: str, path: str) -> TracedText:
        """Return a text that cannot be known, of the file at `path` as a whole."""
        return join_segments((self.piece(reason, Span(path, 0, 0)),))

    def report(self, name: Name, text: TracedText, otherwise: str) -> None:
        """Report that `text`, which holds the stand-in, should have been known."""
        for piece in text.segments:
            if UNKNOWN in piece.text:
                reason = self._reasons.get((piece.span.path, piece.span.start), otherwise)
                self.add(name, reason, piece.span)
                return

    def add(self, name: Name, reason: str, span: Span) -> None:
        """Report that something at `span` cannot be known."""
        found = Unknown(name, reason, span)
        if found not in self._seen:
            self._seen.add(found)
            self.unknown.append(found)
