"""Text that keeps the source location of each of its segments.

A command in a process-compose file is assembled from YAML scalars, `${VAR}` substitutions,
`.env` values and Go templates; a Nix string from fragments and interpolations. `TracedText`
keeps the span that every segment came from, so that digits in the result can be shown, and
edited, in the file that contains them.
"""

from collections.abc import Iterable

from port_registry.model.entry import Name
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.span import Span


class Segment(NamedTuple):
    """A part of a text and its origin."""

    text: str
    """The text; never empty."""
    span: Span
    """The span it came from."""
    verbatim: bool
    """Whether the span's own text is `text`, code point for code point; only such a
    segment can be divided, and edited."""
    entry: Name = ()
    """The entry whose port it is, where it is written as a reference to one."""

    def cut(self, start: int, end: int) -> "Segment":
        """Return the segment of `text[start:end]`, which must not be empty."""
        if start <= 0 and end >= len(self.text):
            return self
        span = self.span
        if self.verbatim:
            span = Span(span.path, span.start + start, span.start + end)
        return Segment(self.text[start:end], span, self.verbatim)


class TracedText(NamedTuple):
    """A text and the segments it was assembled from, in order."""

    text: str
    """The joined texts of `segments`."""
    segments: tuple[Segment, ...]

    def locate(self, start: int, end: int) -> Span | None:
        """Return the span whose own text is `text[start:end]`, character for character.

        None where the interval is empty, spans several segments, or is in one that is not
        verbatim: it can then be shown (see `origin`) but not edited.
        """
        offset = 0
        for segment in self.segments:
            if start < offset + len(segment.text):
                if not segment.verbatim or start >= end or end > offset + len(segment.text):
                    return None
                base = segment.span.start - offset
                return Span(segment.span.path, base + start, base + end)
            offset += len(segment.text)
        return None

    def origin(self, start: int) -> Span | None:
        """Return the span to show for the character at `start`."""
        end = 0
        for segment in self.segments:
            end += len(segment.text)
            if start < end:
                return segment.span
        return self.segments[-1].span if self.segments else None

    def cut(self, start: int, end: int) -> "TracedText":
        """Return `text[start:end]` with its origins."""
        kept: list[Segment] = []
        offset = 0
        for segment in self.segments:
            low, high = max(start - offset, 0), min(end - offset, len(segment.text))
            if low < high:
                kept.append(segment.cut(low, high))
            offset += len(segment.text)
            if offset >= end:
                break
        return join_segments(kept)


def join_segments(segments: Iterable[Segment]) -> TracedText:
    """Join `segments`, without the empty ones."""
    kept = tuple(segment for segment in segments if segment.text)
    return TracedText("".join(segment.text for segment in kept), kept)


class TracedValue(NamedTuple):
    """The text of a scalar, with its location."""

    text: TracedText
    span: Span
    """The scalar as written, with its quotes."""
