"""Comments that tie numbers to entries: `# Port from lib/ports.nix: databases.redis = 6379`."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from port_registry.model.span import Span
from port_registry.model.use import Annotation
from port_registry.sources.process_compose.decode import Text
from port_registry.syntax.yaml import Comment, Document, Mapping, Node, Scalar, Sequence, resolved

_MAX_DIGITS = 1000


class _Thing(NamedTuple):
    """A pair or a list item, which an annotation can cover."""

    span: Span
    process: str
    column: int
    parent: "_Thing | None"


@cache
def _pattern() -> re.Pattern[str]:
    part = r"""(?:[^\W\d][\w'-]*|[\w'-]+|"(?:[^"\\\n]|\\.)*")"""
    return re.compile(
        rf"#+\s*ports?\s+from\s+(?P<registry>[^\s:][^:\n]*?)\s*:\s*"
        rf"(?P<name>{part}(?:\.{part})*)(?:\s*=\s*(?P<number>\d+)(?!\w))?",
        re.IGNORECASE,
    )


def annotations_in(document: Document, text: Text) -> Iterator[Annotation]:
    """Yield the annotations among a document's comments."""
    found = [
        (comment, match)
        for comment in document.comments
        if (match := _pattern().match(comment.text)) is not None
    ]
    if not found:
        return
    things = _Things(document, text)
    for comment, match in found:
        yield _annotation(comment, match, things.covered(comment), text)


def _annotation(
    comment: Comment, match: re.Match[str], covered: _Thing | None, text: Text
) -> Annotation:
    def place(group: str) -> Span | None:
        if match[group] is None:
            return None
        start, end = match.span(group)
        at = comment.span.start
        return Span(text.path, at + start, at + end)

    def real(span: Span) -> Span:
        return span if text.origin is None else text.origin.span(span)

    digits = place("number")
    number = match["number"]
    name_span = place("name")
    return Annotation(
        _parts(match["name"]),
        match["registry"].strip("`'\""),
        None if number is None or len(number) > _MAX_DIGITS else int(number),
        "" if covered is None else covered.process,
        real(comment.span if name_span is None else name_span),
        None if digits is None else real(digits),
        real(comment.span),
        real(comment.span if covered is None else covered.span),
    )


def _parts(name: str) -> tuple[str, ...]:
    """Take an attribute path apart: `a."b.c".d`."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|([^."]+)', name)
    return tuple(re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in found)


class _Things:
    """The pairs and list items of a document, to look up what a comment covers."""

    def __init__(self, document: Document, text: Text) -> None:
        self._text = text.text
        self._things = sorted(
            _things(document.root, self._column),
            key=lambda thing: (thing.span.start, -thing.span.end),
        )
        self._starts = [thing.span.start for thing in self._things]

    def _column(self, at: int) -> int:
        return at - self._text.rfind("\n", 0, at) - 1

    def covered(self, comment: Comment) -> _Thing | None:
        """Return the node that the comment stands above or beside."""
        index = bisect_left(self._starts, comment.span.start)
        if not comment.alone:
            return self._beside(comment, index)
        before = self._things[index - 1] if index else None
        if index == len(self._things):
            return self._enclosing(before, comment)
        following = self._things[index]
        apart = before is not None and before.span.end <= following.span.start
        if apart and comment.column > following.column:
            return self._enclosing(before, comment)
        return following

    def _enclosing(self, thing: _Thing | None, comment: Comment) -> _Thing | None:
        """Return the pair whose block a comment behind `thing`, at its end, belongs to."""
        while thing is not None and thing.column >= comment.column:
            thing = thing.parent
        return thing

    def _beside(self, comment: Comment, index: int) -> _Thing | None:
        """Return the outermost node that begins on the comment's line, or the last that ends."""
        line = self._text.rfind("\n", 0, comment.span.start) + 1
        found: _Thing | None = None
        at = index - 1
        while at >= 0 and self._things[at].span.start >= line:
            found = self._things[at]
            at -= 1
        if found is None and at >= 0:
            found = self._things[at]
        return found


def _things(root: Node | None, column: Callable[[int], int]) -> Iterator[_Thing]:
    """Yield every pair and item that is written in the document, once."""
    open_nodes: list[tuple[Node, str, int, _Thing | None]] = []
    if root is not None:
        open_nodes.append((root, "", 0, None))
    while open_nodes:
        node, process, depth, parent = open_nodes.pop()
        if isinstance(node, Mapping):
            for pair in node.pairs:
                key = resolved(pair.key)
                name = key.value if isinstance(key, Scalar) else ""
                owner = process
                inside = depth
                if depth == 0:
                    inside = 1 if name == "processes" else 2
                elif depth == 1:
                    owner, inside = name, 2
                thing = _Thing(pair.span, owner, column(pair.span.start), parent)
                yield thing
                open_nodes.append((pair.value, owner, inside, thing))
        elif isinstance(node, Sequence):
            for item in node.items:
                thing = _Thing(item.span, process, column(item.span.start), parent)
                yield thing
                open_nodes.append((item, process, 2, thing))
