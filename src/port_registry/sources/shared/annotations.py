"""Comments that tie numbers to entries: `# Port from lib/ports.nix: databases.redis = 6379`."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from port_registry.model import Name, Span

_MAX_DIGITS = 1000


class AnnotationText(NamedTuple):
    """The parsed text of such a comment; ranges are offsets in the comment."""

    name: Name
    registry: str
    number: int | None
    name_range: tuple[int, int]
    digits_range: tuple[int, int] | None
    """The range of `number`."""


@cache
def _pattern() -> re.Pattern[str]:
    part = r"""(?:[^\W\d][\w'-]*|[\w'-]+|"(?:[^"\\\n]|\\.)*")"""
    return re.compile(
        rf"(?:#+|//+|;+|--+)\s*ports?\s+from\s+(?P<registry>[^\s:][^:\n]*?)\s*:\s*"
        rf"(?P<name>{part}(?:\.{part})*)(?:\s*=\s*(?P<number>\d+)(?!\w))?",
        re.IGNORECASE,
    )


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
    )


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
