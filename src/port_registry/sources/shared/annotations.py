"""Comments that tie numbers to entries: `# Port from lib/ports.nix: databases.redis = 6379`."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from port_registry.model import Name, Span

_MAX_DIGITS = 1000


class AnnotationText(NamedTuple):
    """What such a comment says; places are offsets in the comment."""

    name: Name
    registry: str
    number: int | None
    name_at: tuple[int, int]
    digits_at: tuple[int, int] | None
    """Where `number` stands."""


@cache
def _pattern() -> re.Pattern[str]:
    part = r"""(?:[^\W\d][\w'-]*|[\w'-]+|"(?:[^"\\\n]|\\.)*")"""
    return re.compile(
        rf"#+\s*ports?\s+from\s+(?P<registry>[^\s:][^:\n]*?)\s*:\s*"
        rf"(?P<name>{part}(?:\.{part})*)(?:\s*=\s*(?P<number>\d+)(?!\w))?",
        re.IGNORECASE,
    )


def said_in(comment: str) -> AnnotationText | None:
    """Return what `comment` says; None where it ties nothing to an entry."""
    match = _pattern().match(comment)
    if match is None:
        return None
    number = match["number"]
    return AnnotationText(
        _parts(match["name"]),
        match["registry"].strip("`'\""),
        None if number is None or len(number) > _MAX_DIGITS else int(number),
        match.span("name"),
        None if number is None else match.span("number"),
    )


def _parts(name: str) -> Name:
    """Take an attribute path apart: `a."b.c".d`."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|([^."]+)', name)
    return tuple(re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in found)


class Thing(NamedTuple):
    """A pair or a list item, which an annotation can cover."""

    span: Span
    process: str
    column: int
    parent: "Thing | None"


class Things:
    """The pairs and list items of a text, to look up what a comment covers."""

    def __init__(self, text: str, things: Iterable[Thing]) -> None:
        self._text = text
        self._things = sorted(things, key=lambda thing: (thing.span.start, -thing.span.end))
        self._starts = [thing.span.start for thing in self._things]

    def beside(self, start: int) -> Thing | None:
        """Return the outermost thing on the line of a comment at `start`, or the last before."""
        index = bisect_left(self._starts, start)
        line = self._text.rfind("\n", 0, start) + 1
        found: Thing | None = None
        at = index - 1
        while at >= 0 and self._things[at].span.start >= line:
            found = self._things[at]
            at -= 1
        if found is None and at >= 0:
            found = self._things[at]
        return found

    def below(self, start: int, column: int) -> Thing | None:
        """Return what a comment alone on its line, at `start`, stands above."""
        index = bisect_left(self._starts, start)
        before = self._things[index - 1] if index else None
        if index == len(self._things):
            return _enclosing(before, column)
        following = self._things[index]
        apart = before is not None and before.span.end <= following.span.start
        if apart and column > following.column:
            return _enclosing(before, column)
        return following


def _enclosing(thing: Thing | None, column: int) -> Thing | None:
    """Return the pair whose block a comment behind `thing`, at its end, belongs to."""
    while thing is not None and thing.column >= column:
        thing = thing.parent
    return thing
