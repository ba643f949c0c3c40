"""Comments that tie numbers to entries: `# Port from lib/ports.nix: databases.redis = 6379`."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable

from port_registry.languages.provenance import SourceMap
from port_registry.model import Annotation, MisreadPart, Name, NamedTuple, Span, lazy_pattern

_MAX_DIGITS = 1000


class AnnotationText(NamedTuple):
    """The parsed text of such a comment; ranges are offsets in the comment."""

    name: Name
    registry: str
    number: int | None
    name_range: tuple[int, int]
    digits_range: tuple[int, int] | None
    """The range of `number`."""
    misread: "MisreadText | None"

    def misread_part(self, locate: Callable[[tuple[int, int]], Span]) -> MisreadPart | None:
        """Return the misread part; `locate` returns the place of a range of the comment."""
        part = self.misread
        return None if part is None else MisreadPart(locate(part.range), part.number, part.name)


class MisreadText(NamedTuple):
    """A part of the comment as in `MisreadPart`."""

    range: tuple[int, int]
    number: int | None
    name: Name


_PART = r"""(?:[^\W\d][\w'-]*|[\w'-]+|"(?:[^"\\\n]|\\.)*")"""
"""A part of an entry's name."""


_pattern = lazy_pattern(
    rf"(?:#+|//+|;+|--+)\s*ports?\s+from\s+(?P<registry>[^\s:][^:\n]*?)\s*:\s*"
    rf"(?P<name>{_PART}(?:\.{_PART})*)(?:\s*=\s*(?P<number>\d+)(?!\w))?",
    re.IGNORECASE,
)


_number_place = lazy_pattern(
    r"""\s*(?P<part>=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s,;]*)|[(\[]\d+[)\]]"""
    r"""|(?:(?::|->)\s*|(?<=\s))["']?\d\w*["']?(?=\s*(?:$|[,;(#-])))"""
)
"""What is in place of `= NUMBER`; other words are a description."""


_second_entry = lazy_pattern(rf"\s*(?:[,;&+]|and\b|or\b)\s*(?P<part>{_PART}(?:\.{_PART})+)")


def parse_annotation(comment: str) -> AnnotationText | None:
    """Return the annotation in `comment`; None where it is not an annotation."""
    match = _pattern().match(comment)
    if match is None:
        return None
    number = match["number"]
    return AnnotationText(
        name=_split_name(match["name"]),
        registry=match["registry"].strip("`'\""),
        number=None if number is None or len(number) > _MAX_DIGITS else int(number),
        name_range=match.span("name"),
        digits_range=None if number is None else match.span("number"),
        misread=_misread(comment, match.end(), has_number=number is not None),
    )


def _misread(comment: str, end: int, *, has_number: bool) -> MisreadText | None:
    """Return the part of `comment` after `end` that looks like a number or a second entry."""
    place = None if has_number else _number_place().match(comment, end)
    if place is not None:
        digits = place["part"].strip(" \t\r=:>-()[]\"'")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
        return MisreadText(place.span("part"), int(digits) if is_number else None, ())
    second = _second_entry().match(comment, end)
    if second is None:
        return None
    return MisreadText(second.span("part"), None, _split_name(second["part"]))


def _split_name(name: str) -> Name:
    """Return the parts of an attribute path: `a."b.c".d`."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|([^."]+)', name)
    return tuple(re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in parts)


class AnnotatableNode(NamedTuple):
    """A pair or a list item, which an annotation can cover."""

    span: Span
    service: str
    column: int
    parent: "AnnotatableNode | None"


class AnnotatableNodes:
    """The pairs and list items of a text, for looking up the one that a comment covers."""

    def __init__(self, text: str, nodes: Iterable[AnnotatableNode]) -> None:
        self._text = text
        self._nodes = sorted(nodes, key=lambda node: (node.span.start, -node.span.end))
        self._starts = [node.span.start for node in self._nodes]

    def on_line(self, start: int) -> AnnotatableNode | None:
        """Return the outermost node on the line of a comment at `start`, or the last before."""
        line_start = self._text.rfind("\n", 0, start) + 1
        first = bisect_left(self._starts, line_start)
        end = bisect_left(self._starts, start)
        if first < end:
            return self._nodes[first]
        return self._nodes[end - 1] if end else None

    def below(self, start: int, column: int) -> AnnotatableNode | None:
        """Return the node below a comment that is alone on its line, at `start`."""
        index = bisect_left(self._starts, start)
        before = self._nodes[index - 1] if index else None
        if index == len(self._nodes):
            return _enclosing(before, column)
        following = self._nodes[index]
        has_ended = before is not None and before.span.end <= following.span.start
        if has_ended and column > following.column:
            return _enclosing(before, column)
        return following


def _enclosing(node: AnnotatableNode | None, column: int) -> AnnotatableNode | None:
    """Return the pair whose block a comment after `node`, at its end, belongs to."""
    while node is not None and node.column >= column:
        node = node.parent
    return node


def annotation_in(
    comment: Span,
    text: AnnotationText,
    covered: AnnotatableNode | None,
    source_map: SourceMap | None = None,
) -> Annotation:
    """Return the annotation at `comment`, its spans traced by `source_map` to their sources."""

    def trace(span: Span) -> Span:
        return span if source_map is None else source_map.trace_span(span)

    def span_of(interval: tuple[int, int]) -> Span:
        return trace(Span(comment.path, comment.start + interval[0], comment.start + interval[1]))

    return Annotation(
        name=text.name,
        registry=text.registry,
        number=text.number,
        service="" if covered is None else covered.service,
        name_span=span_of(text.name_range),
        digits=None if text.digits_range is None else span_of(text.digits_range),
        span=trace(comment),
        covers=trace(comment if covered is None else covered.span),
        misread=text.misread_part(span_of),
    )
