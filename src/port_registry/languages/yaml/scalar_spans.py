"""Where each stretch of a scalar's value is written.

Quotes, escapes and folding make the value differ from its text. The ways to undo them are
followed here once more, keeping spans; the result is compared with the value, and where it
differs (odd line breaks, odd escapes) the scalar is one stretch that is not verbatim.
"""

import re
from functools import cache

from port_registry.model import Segment, Span, TracedText, join_segments

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


def align(text: str, span: Span, value: str, style: str) -> TracedText:
    """Return `value`, which `text` writes at `span` in the given style, traced."""
    start, end = span.start, span.end
    if style in ('"', "'"):
        start, end = start + 1, end - 1
    if text[start:end] == value:
        return join_segments((Segment(value, Span(span.path, start, end), verbatim=True),))
    pieces = _Pieces(span.path, text)
    if style in ("|", ">"):
        _block(pieces, start, end, style)
    else:
        _flow(pieces, start, end, style)
    found = join_segments(pieces.pieces)
    if found.text == value:
        return found
    if style in ("|", ">") and found.text.startswith(value):
        return found.cut(0, len(value))
    return join_segments((Segment(value, span, verbatim=False),))


class _Pieces:
    """A list of pieces of one text."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self.text = text
        self.pieces: list[Segment] = []

    def same(self, start: int, end: int) -> None:
        """Add the text of a stretch as it is."""
        if start < end:
            span = Span(self._path, start, end)
            self.pieces.append(Segment(self.text[start:end], span, verbatim=True))

    def other(self, value: str, start: int, end: int) -> None:
        """Add a value that a stretch stands for."""
        if value:
            span = Span(self._path, start, end)
            self.pieces.append(Segment(value, span, self.text[start:end] == value))


@cache
def _fold() -> re.Pattern[str]:
    return re.compile(r"[ \t\r\n]+")


@cache
def _special(style: str) -> re.Pattern[str]:
    """Return the pattern of what a scalar of this style does not take as it is."""
    return re.compile({'"': r"[\\\r\n]", "'": r"['\r\n]"}.get(style, r"[\r\n]"))


@cache
def _escape() -> re.Pattern[str]:
    return re.compile(r"\\(?:[ \t]*(?:\r\n|\n|\r)[ \t]*|x..|u.{4}|U.{8}|.)")


def _flow(pieces: _Pieces, start: int, end: int, style: str) -> None:
    """Add the pieces of a plain or quoted scalar between its quotes."""
    text = pieces.text
    at = start
    while at < end:
        stop = _next_special(text, at, end, style)
        pieces.same(at, stop)
        at = stop
        if at >= end:
            return
        char = text[at]
        if style == "'" and char == "'":
            pieces.same(at, at + 1)
            at += 2
        elif style == '"' and char == "\\":
            at = _unescape(pieces, at, end)
        else:
            at = _unfold(pieces, at, end)


def _next_special(text: str, at: int, end: int, style: str) -> int:
    """Return where the next quote, escape or line end (with the blanks before it) is."""
    found = _special(style).search(text, at, end)
    if found is None:
        return end
    stop = found.start()
    if text[stop] in "\r\n":
        while stop > at and text[stop - 1] in " \t":
            stop -= 1
    return stop


def _unescape(pieces: _Pieces, at: int, end: int) -> int:
    """Add what the escape at `at` stands for; return where it ends."""
    found = _escape().match(pieces.text, at, end)
    if found is None:
        return end
    body = found[0][1:]
    width = _HEX.get(body[:1])
    if width is not None and len(body) == width + 1:
        try:
            pieces.other(chr(int(body[1:], 16)), at, found.end())
        except (ValueError, OverflowError):
            return end
    elif body.strip(" \t\r\n") or body in _ESCAPES:
        pieces.other(_ESCAPES.get(body, ""), at, found.end())
    return found.end()


def _unfold(pieces: _Pieces, at: int, end: int) -> int:
    """Add what a folded line end stands for; return where the next line's text begins."""
    found = _fold().match(pieces.text, at, end)
    if found is None:
        return end
    breaks = _count_breaks(found[0])
    pieces.other(" " if breaks == 1 else "\n" * (breaks - 1), at, found.end())
    return found.end()


def _count_breaks(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


@cache
def _header() -> re.Pattern[str]:
    return re.compile(r"[|>]([-+]?)([1-9]?)([-+]?)[^\r\n]*(?:\r\n|\n|\r|$)")


@cache
def _line() -> re.Pattern[str]:
    return re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")


def _block(pieces: _Pieces, start: int, end: int, style: str) -> None:
    """Add the pieces of a block scalar, with all its trailing line breaks."""
    text = pieces.text
    header = _header().match(text, start, end)
    if header is None:
        return
    lines: list[tuple[int, int, int]] = []
    at = header.end()
    while at < end:
        line = _line().match(text, at, end)
        if line is None or line.end() == at:
            break
        lines.append((at, line.end(1), line.end()))
        at = line.end()
    indent = _indent(text, start, lines, header[2])
    if style == ">":
        _folded_lines(pieces, lines, indent)
    else:
        for first, stop, after in lines:
            content = min(first + indent, stop)
            if text[stop:after] == "\n":
                pieces.same(content, after)
            else:
                pieces.same(content, stop)
                pieces.other("\n" if after > stop else "", stop, after)


def _indent(text: str, start: int, lines: list[tuple[int, int, int]], explicit: str) -> int:
    """Return how many spaces before each line are not part of the value."""
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


def _folded_lines(pieces: _Pieces, lines: list[tuple[int, int, int]], indent: int) -> None:
    """Add the lines of a folded block: a single break is a space, unless a side is indented."""
    text = pieces.text
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
                pieces.other("\n", *pending)
            elif not empty:
                pieces.other(" ", *pending)
        for place in empty:
            pieces.other("\n", *place)
        empty.clear()
        pieces.same(content, stop)
        pending = (stop, after)
        blank_before = blank
    if pending is not None and pending[0] < pending[1]:
        pieces.other("\n", *pending)
    for place in empty:
        pieces.other("\n", *place)
