"""A string of Nix as one text, in which each interpolation is known or unknown."""

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Segment, Span, TracedText, join_segments
from port_registry.sources.nix.literals.value_path import name_of_call


class Content(NamedTuple):
    """The text of a string."""

    text: TracedText
    numbers: frozenset[Span]
    """The integers that are interpolated: `${toString 3000}`."""


class Places:
    """Where in a text the stretches of its file stand."""

    def __init__(self, text: TracedText) -> None:
        self.text = text.text
        self._pieces = text.segments
        self._starts = list(accumulate((len(piece.text) for piece in text.segments), initial=0))

    def find(self, span: Span) -> int | None:
        """Return where the stretch at `span` begins in the text, if it stands there as such."""
        at = bisect_right(self._pieces, span.start, key=lambda piece: piece.span.start) - 1
        if at < 0:
            return None
        piece = self._pieces[at]
        if not piece.verbatim or span.end > piece.span.end or span.path != piece.span.path:
            return None
        return self._starts[at] + span.start - piece.span.start


def content_of(node: tree.Str) -> Content:
    """Return the text of `node`; an interpolation that is not known is `UNKNOWN`."""
    pieces: list[Segment] = []
    numbers: set[Span] = set()
    for part in node.parts:
        if isinstance(part, tree.TextPart):
            pieces.extend(part.traced.segments)
            continue
        number = integer_of(part.node)
        if number is not None:
            numbers.add(number.span)
            pieces.append(_digits(number))
        else:
            name = _program(part.node)
            pieces.append(Segment(f"/{name}" if name else UNKNOWN, part.span, verbatim=False))
    return Content(join_segments(pieces), frozenset(numbers))


def _digits(number: tree.IntLiteral) -> Segment:
    text = str(number.value)
    return Segment(text, number.span, len(text) == number.span.end - number.span.start)


def integer_of(node: Node) -> tree.IntLiteral | None:
    """Return the integer that `node` is, or is made a string of."""
    if isinstance(node, tree.Apply) and name_of_call(node) == "toString":
        node = node.argument
    return node if isinstance(node, tree.IntLiteral) else None


def _program(node: Node) -> str:
    """Return the name of the program that `lib.getExe pkgs.redis` is the path of."""
    if not isinstance(node, tree.Apply):
        return ""
    called = name_of_call(node)
    argument = node.argument
    if called == "getExe" and isinstance(argument, tree.Select):
        return argument.path[-1].name or ""
    if called in ("getExe'", "getBin'") and isinstance(argument, tree.Str):
        parts = argument.parts
        if len(parts) == 1 and isinstance(parts[0], tree.TextPart):
            return parts[0].traced.text
    return ""
