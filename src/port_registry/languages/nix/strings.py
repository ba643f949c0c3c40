"""Escapes and stripped indentation in strings.

The rules are those of Nix's lexer and of `stripIndentation` in its parser (Nix 2.8,
`src/libexpr/lexer.l` and `parser.y`): an escape in an indented string ends the white space
at the start of a line, and only literal text counts towards the common indentation.
"""

import re

from port_registry.languages.nix.tree import Interpolation, TextPart
from port_registry.model import (
    NamedTuple,
    Segment,
    Source,
    Span,
    TracedText,
    join_segments,
    lazy_pattern,
)

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_escape = lazy_pattern(r"\\(.)|\r\n?", re.DOTALL)
_spaces_only = lazy_pattern(" *\n")
_indented_token = lazy_pattern(
    r"(?P<text>(?:[^$']++|\$[^{']|'[^'$])++)|''\$|'''|''\\(?P<escaped>.)|\$|'", re.DOTALL
)
_NO_LIMIT = 1_000_000
"""The indentation that Nix assumes for a string with only empty lines."""


def plain_parts(
    source: Source, start: int, end: int, interpolations: list[Interpolation]
) -> tuple[TextPart | Interpolation, ...]:
    """Return the parts of a `"…"` whose inside is `[start, end)`, or of a path."""
    parts: list[TextPart | Interpolation] = []
    for low, high, interpolation in _gaps(start, end, interpolations):
        if low < high:
            parts.append(TextPart(_plain_text(source, low, high)))
        if interpolation is not None:
            parts.append(interpolation)
    return tuple(parts)


def _gaps(
    start: int, end: int, interpolations: list[Interpolation]
) -> list[tuple[int, int, Interpolation | None]]:
    """Return the intervals between interpolations, each with the interpolation after it."""
    gaps: list[tuple[int, int, Interpolation | None]] = []
    for interpolation in interpolations:
        gaps.append((start, interpolation.span.start, interpolation))
        start = interpolation.span.end
    gaps.append((start, end, None))
    return gaps


def _verbatim(source: Source, start: int, end: int) -> Segment:
    return Segment(source.text[start:end], Span(source.path, start, end), verbatim=True)


def _plain_text(source: Source, start: int, end: int) -> TracedText:
    text = source.text
    if "\\" not in (raw := text[start:end]) and "\r" not in raw:
        return TracedText(raw, (Segment(raw, Span(source.path, start, end), verbatim=True),))
    segments: list[Segment] = []
    at = start
    for match in _escape().finditer(text, start, end):
        segments.append(_verbatim(source, at, match.start()))
        char = match.group(1)
        unescaped = "\n" if char is None else _ESCAPES.get(char, char)
        segments.append(Segment(unescaped, Span(source.path, *match.span()), verbatim=False))
        at = match.end()
    segments.append(_verbatim(source, at, end))
    return join_segments(segments)


class _Token(NamedTuple):
    """A token of Nix's lexer inside an indented string."""

    text: str
    span: Span
    literal: bool
    """Whether it is literal text, whose spaces count as indentation."""


def indented_parts(
    source: Source, start: int, end: int, interpolations: list[Interpolation]
) -> tuple[TextPart | Interpolation, ...]:
    """Return the parts of a `''…''` whose inside is `[start, end)`."""
    first_line = _spaces_only().match(source.text, start, end)
    if first_line is not None and not (
        interpolations and interpolations[0].span.start < first_line.end()
    ):
        start = first_line.end()
    text = source.text[start:end]
    if not interpolations and "$" not in text and "''" not in text and not text.endswith("'"):
        return _literal_lines(source.path, text, start)
    tokens: list[_Token | Interpolation] = []
    for low, high, interpolation in _gaps(start, end, interpolations):
        tokens.extend(_tokens(source, low, high))
        if interpolation is not None:
            tokens.append(interpolation)
    return _strip(source, tokens, _indentation(tokens))


def _literal_lines(path: str, text: str, start: int) -> tuple[TextPart, ...]:
    """Return the part that `text`, a single token at the offset `start`, becomes."""
    rows = text.split("\n")
    spaces = [len(row) - len(row.lstrip(" ")) for row in rows]
    indents = [indent for row, indent in zip(rows, spaces, strict=True) if indent < len(row)]
    indentation = min(indents, default=_NO_LIMIT)
    kept: list[tuple[int, int]] = []
    low = begin = 0
    for row, indent in zip(rows, spaces, strict=True):
        dropped = min(indent, indentation)
        if dropped:
            if begin < low:
                kept.append((begin, low))
            begin = low + dropped
        low += len(row) + 1
    if begin < len(text):
        kept.append((begin, len(text)))
    kept = _without_last_line(text, kept)
    if not kept:
        return ()
    segments = [
        Segment(text[low:high], Span(path, start + low, start + high), verbatim=True)
        for low, high in kept
    ]
    return (TextPart(TracedText("".join([one.text for one in segments]), tuple(segments))),)


def _tokens(source: Source, start: int, end: int) -> list[_Token]:
    """Return the tokens in `[start, end)`, which has no interpolation, as Nix's lexer does."""
    tokens: list[_Token] = []
    for match in _indented_token().finditer(source.text, start, end):
        text, escaped = match.group(), match.group("escaped")
        if escaped is not None:
            text = "\n" if escaped == "\r" else _ESCAPES.get(escaped, escaped)
        else:
            text = {"''$": "$", "'''": "''"}.get(text, text)
        is_literal = match.group("text") is not None
        tokens.append(_Token(text, Span(source.path, *match.span()), is_literal))
    return tokens


def _indentation(tokens: list[_Token | Interpolation]) -> int:
    """Return the number of spaces at the start of every line of text.

    Here and below, `spaces` counts those of the current line; None after something else.
    """
    least = _NO_LIMIT
    spaces: int | None = 0
    for token in tokens:
        if isinstance(token, Interpolation) or not token.literal:
            least = least if spaces is None else min(least, spaces)
            spaces = None
            continue
        for number, line in enumerate(token.text.split("\n")):
            spaces = 0 if number else spaces
            if spaces is not None:
                spaces += len(line) - len(line.lstrip(" "))
                if line.strip(" "):
                    least = min(least, spaces)
                    spaces = None
    return least


def _strip(
    source: Source, tokens: list[_Token | Interpolation], indentation: int
) -> tuple[TextPart | Interpolation, ...]:
    parts: list[TextPart | Interpolation] = []
    spaces: int | None = 0
    segments: list[Segment] = []
    for number, token in enumerate(tokens):
        if isinstance(token, Interpolation):
            spaces = None
            if segments:
                parts.append(TextPart(join_segments(segments)))
            parts.append(token)
            segments = []
            continue
        kept, spaces = _strip_token(token.text, spaces, indentation)
        if number == len(tokens) - 1:
            kept = _without_last_line(token.text, kept)
        if token.literal:
            base = token.span.start
            segments.extend(_verbatim(source, base + low, base + high) for low, high in kept)
        elif kept:
            text = "".join(token.text[low:high] for low, high in kept)
            segments.append(Segment(text, token.span, text == source.slice(token.span)))
    if any(segment.text for segment in segments):
        parts.append(TextPart(join_segments(segments)))
    return tuple(parts)


def _strip_token(
    text: str, spaces: int | None, indentation: int
) -> tuple[list[tuple[int, int]], int | None]:
    """Return the intervals of `text` to keep, and the spaces of the line at its end."""
    kept: list[tuple[int, int]] = []
    rows = text.split("\n")
    last = len(rows) - 1
    low = 0
    for number, row in enumerate(rows):
        high = low + len(row) + (number < last)
        if spaces is not None:
            leading = len(row) - len(row.lstrip(" "))
            low += max(0, min(leading, indentation - spaces))
            spaces = spaces + leading if leading == len(row) else None
        if low < high:
            if kept and kept[-1][1] == low:
                kept[-1] = (kept[-1][0], high)
            else:
                kept.append((low, high))
        low = high
        spaces = 0 if number < last else spaces
    return kept, spaces


def _without_last_line(text: str, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return `kept` without the last line where that is only spaces."""
    for number in range(len(kept) - 1, -1, -1):
        low, high = kept[number]
        newline = text.rfind("\n", low, high)
        if text[newline + 1 if newline >= 0 else low : high].strip(" "):
            return kept
        if newline >= 0:
            return [*kept[:number], (low, newline + 1)]
    return kept
