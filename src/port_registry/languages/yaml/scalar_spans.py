"""Spans of the parts of a scalar's value.

Quotes, escapes and folding make the value differ from its text. They are resolved here once
more, with spans; where the result differs from the value (unusual line breaks or escapes), the
scalar is one segment that is not verbatim.
"""

import re
from functools import cache

from port_registry.model import Segment, Span, TracedText, join_segments, lazy_pattern

_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "'": "'",
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX = {"x": 2, "u": 4, "U": 8}


def trace_value(text: str, span: Span, value: str, style: str) -> TracedText:
    """Return the `value` of the scalar at `span` of `text`, in the notation `style`, traced."""
    start, end = span.start, span.end
    if style in ('"', "'"):
        start, end = start + 1, end - 1
    if text[start:end] == value:
        return join_segments((Segment(value, Span(span.path, start, end), verbatim=True),))
    segments = _Segments(span.path, text)
    if style in ("|", ">"):
        _block(segments, start, end, style)
    else:
        _flow(segments, start, end, style)
    traced = join_segments(segments.segments)
    if traced.text == value:
        return traced
    if style in ("|", ">") and traced.text.startswith(value):
        return traced.cut(0, len(value))
    return join_segments((Segment(value, span, verbatim=False),))


class _Segments:
    """A list of segments of one text."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self.text = text
        self.segments: list[Segment] = []

    def add_verbatim(self, start: int, end: int) -> None:
        """Add the text of an interval unchanged."""
        if start < end:
            span = Span(self._path, start, end)
            self.segments.append(Segment(self.text[start:end], span, verbatim=True))

    def add_decoded(self, value: str, start: int, end: int) -> None:
        """Add a value that an interval encodes."""
        if value:
            span = Span(self._path, start, end)
            self.segments.append(Segment(value, span, self.text[start:end] == value))


_fold = lazy_pattern(r"[ \t\r\n]+")


@cache
def _special(style: str) -> re.Pattern[str]:
    """Return the pattern of the characters that a scalar of this style encodes."""
    return re.compile({'"': r"[\\\r\n]", "'": r"['\r\n]"}.get(style, r"[\r\n]"))


_escape = lazy_pattern(r"\\(?:[ \t]*(?:\r\n|\n|\r)[ \t]*|x..|u.{4}|U.{8}|.)")


def _flow(segments: _Segments, start: int, end: int, style: str) -> None:
    """Add the segments of a plain or quoted scalar between its quotes."""
    text = segments.text
    at = start
    while at < end:
        stop = _next_special(text, at, end, style)
        segments.add_verbatim(at, stop)
        at = stop
        if at >= end:
            return
        char = text[at]
        if style == "'" and char == "'":
            segments.add_verbatim(at, at + 1)
            at += 2
        elif style == '"' and char == "\\":
            at = _unescape(segments, at, end)
        else:
            at = _unfold(segments, at, end)


def _next_special(text: str, at: int, end: int, style: str) -> int:
    """Return the offset of the next quote, escape or line end (with the blanks before it)."""
    match = _special(style).search(text, at, end)
    if match is None:
        return end
    stop = match.start()
    if text[stop] in "\r\n":
        while stop > at and text[stop - 1] in " \t":
            stop -= 1
    return stop


def _unescape(segments: _Segments, at: int, end: int) -> int:
    """Add the value of the escape at `at`; return its end."""
    match = _escape().match(segments.text, at, end)
    if match is None:
        return end
    body = match[0][1:]
    width = _HEX.get(body[:1])
    if width is not None and len(body) == width + 1:
        try:
            segments.add_decoded(chr(int(body[1:], 16)), at, match.end())
        except (ValueError, OverflowError):
            return end
    elif body.strip(" \t\r\n") or body in _ESCAPES:
        segments.add_decoded(_ESCAPES.get(body, ""), at, match.end())
    return match.end()


def _unfold(segments: _Segments, at: int, end: int) -> int:
    """Add the value of a folded line end; return the start of the next line's text."""
    match = _fold().match(segments.text, at, end)
    if match is None:
        return end
    breaks = match[0].replace("\r\n", "\n").replace("\r", "\n").count("\n")
    segments.add_decoded(" " if breaks == 1 else "\n" * (breaks - 1), at, match.end())
    return match.end()


_header = lazy_pattern(r"[|>]([-+]?)([1-9]?)([-+]?)[^\r\n]*(?:\r\n|\n|\r|$)")
_line = lazy_pattern(r"([^\r\n]*)(\r\n|\n|\r|\Z)")


def _block(segments: _Segments, start: int, end: int, style: str) -> None:
    """Add the segments of a block scalar, with all its trailing line breaks."""
    text = segments.text
    header = _header().match(text, start, end)
    if header is None:
        return
    found = _line().finditer(text, header.end(), end)
    lines = [(line.start(), line.end(1), line.end()) for line in found if line[0]]
    indent = _indent(text, start, lines, header[2])
    if style == ">":
        _folded_lines(segments, lines, indent)
    else:
        for first, stop, after in lines:
            content = min(first + indent, stop)
            if text[stop:after] == "\n":
                segments.add_verbatim(content, after)
            else:
                segments.add_verbatim(content, stop)
                segments.add_decoded("\n" if after > stop else "", stop, after)


def _indent(text: str, start: int, lines: list[tuple[int, int, int]], explicit: str) -> int:
    """Return the number of spaces before each line that are not part of the value."""
    widths = [
        stop - first - len(text[first:stop].lstrip(" "))
        for first, stop, _ in lines
        if text[first:stop].strip(" ")
    ]
    if not explicit:
        return widths[0] if widths else max((stop - first for first, stop, _ in lines), default=0)
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before = text[line:start]
    return len(before) - len(before.lstrip(" -")) + int(explicit)


def _folded_lines(segments: _Segments, lines: list[tuple[int, int, int]], indent: int) -> None:
    """Add the lines of a folded block: a single line break between unindented lines is a space."""
    text = segments.text
    pending: tuple[int, int] | None = None
    empty: list[tuple[int, int]] = []
    blank_before = False
    for first, stop, after in lines:
        content = min(first + indent, stop)
        if content == stop:
            empty.append((stop, after))
            continue
        blank = text[content] in " \t"
        if pending is not None:
            if blank or blank_before:
                segments.add_decoded("\n", *pending)
            elif not empty:
                segments.add_decoded(" ", *pending)
        for line_break in empty:
            segments.add_decoded("\n", *line_break)
        empty.clear()
        segments.add_verbatim(content, stop)
        pending = (stop, after)
        blank_before = blank
    if pending is not None and pending[0] < pending[1]:
        segments.add_decoded("\n", *pending)
    for line_break in empty:
        segments.add_decoded("\n", *line_break)
