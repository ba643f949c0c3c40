"""Provenance of assembled text, and of text that cannot be known.

A file's text is changed before it is parsed (`${VAR}` is replaced), so the spans in the tree
have to be traced back to the file. Text that only the environment, or a running program, has
is represented by `UNKNOWN`, one code point that no sensible file contains.
"""

from bisect import bisect_right
from collections.abc import Iterable

from port_registry.model import Name, Segment, Span, TracedText, Unknown, join_segments

_BASE_BUDGET = 200_000
_BUDGET_FACTOR = 3
"""The number of code points of scripts that are read in one stack, aliases counted each time:
a base, and so many for each code point of its files."""

UNKNOWN = "\U0010fffd"
"""Represents text that cannot be known: the last private-use character but two."""


class ExpansionError(Exception):
    """Text that cannot be expanded; process-compose does not start."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class SourceMap:
    """Traces intervals of one text back to its sources; fast for many segments."""

    def __init__(self, text: TracedText) -> None:
        self._segments = text.segments
        self.text = text.text
        self._starts: list[int] = []
        offset = 0
        for segment in text.segments:
            self._starts.append(offset)
            offset += len(segment.text)

    def cut(self, start: int, end: int) -> list[Segment]:
        """Return the segments of `text[start:end]`."""
        segments: list[Segment] = []
        index = max(bisect_right(self._starts, start) - 1, 0)
        for number in range(index, len(self._segments)):
            offset = self._starts[number]
            if offset >= end:
                break
            segment = self._segments[number]
            low, high = max(start - offset, 0), min(end - offset, len(segment.text))
            if low < high:
                segments.append(segment.cut(low, high))
        return segments

    def trace(self, text: TracedText) -> TracedText:
        """Return `text`, whose spans are offsets in this text, with the spans of its sources."""
        segments: list[Segment] = []
        for segment in text.segments:
            if segment.verbatim:
                segments.extend(self.cut(segment.span.start, segment.span.end))
            else:
                span = self.trace_span(segment.span)
                segments.append(Segment(segment.text, span, verbatim=False))
        return join_segments(segments)

    def trace_span(self, span: Span) -> Span:
        """Return one span of the source that an interval of this text comes from."""
        if span.start == span.end:
            return self.trace_position(span.start)
        return enclosing_span(self.cut(span.start, span.end), span)

    def trace_position(self, offset: int) -> Span:
        """Return the empty span of the source that the position `offset` comes from."""
        if not self._segments:
            return Span("", 0, 0)
        index = max(bisect_right(self._starts, offset) - 1, 0)
        inside = offset - self._starts[index]
        segment = self._segments[index]
        start = segment.span.start
        if segment.verbatim:
            start += inside
        elif inside:
            start = segment.span.end
        return Span(segment.span.path, start, start)


def enclosing_span(segments: Iterable[Segment], default: Span) -> Span:
    """Return one span over the segments that are in the first segment's file."""
    enclosing: Span | None = None
    for segment in segments:
        span = segment.span
        if enclosing is None:
            enclosing = span
        elif span.path == enclosing.path:
            start, end = min(enclosing.start, span.start), max(enclosing.end, span.end)
            enclosing = Span(span.path, start, end)
    return default if enclosing is None else enclosing


def with_default_span(text: TracedText, span: Span) -> TracedText:
    """Return `text` with `span` for those of its segments that are in no file."""
    return join_segments(
        segment if segment.span.path else Segment(segment.text, span, verbatim=False)
        for segment in text.segments
    )


class UnknownTracker:
    """Records what could not be known, and why, until it turns out to matter."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, int], str] = {}
        self.unknown: list[Unknown] = []
        self._seen: set[Unknown] = set()
        self._budget = _BASE_BUDGET

    def add_budget(self, length: int) -> None:
        """Increase the budget for scripts by that of a file of this length."""
        self._budget += length * _BUDGET_FACTOR

    def spend(self, length: int) -> bool:
        """Spend budget for a script of this length; return whether it may be read."""
        self._budget -= length
        return self._budget >= 0

    def unknown_segment(self, reason: str, span: Span) -> Segment:
        """Return a segment for text at `span` that cannot be known for this reason."""
        self._reasons.setdefault((span.path, span.start), reason)
        return Segment(UNKNOWN, span, verbatim=False)

    def unknown_text(self, reason: str, path: str) -> TracedText:
        """Return a text for the whole file at `path`, which cannot be known."""
        return join_segments((self.unknown_segment(reason, Span(path, 0, 0)),))

    def report(self, name: Name, text: TracedText, default_reason: str) -> None:
        """Record that `text`, which contains `UNKNOWN`, would have been needed."""
        for segment in text.segments:
            if UNKNOWN in segment.text:
                key = (segment.span.path, segment.span.start)
                self.add(name, self._reasons.get(key, default_reason), segment.span)
                return

    def add(self, name: Name, reason: str, span: Span) -> None:
        """Record that something at `span` cannot be known."""
        unknown = Unknown(name, reason, span)
        if unknown not in self._seen:
            self._seen.add(unknown)
            self.unknown.append(unknown)
