"""Content of Nix strings: one text, in which each interpolation is known or unknown."""

from bisect import bisect_right
from itertools import accumulate

from port_registry.languages.nix.tree import Apply, IntLiteral, Node, Select, Str, TextPart
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple, Segment, Span, TracedText, join_segments
from port_registry.sources.nix.literals.literal_site import called_name


class StringContent(NamedTuple):
    """The text of a string."""

    text: TracedText
    numbers: frozenset[Span]
    """The spans of integers that are interpolated: `${toString 3000}`."""


class TextOffsets:
    """Maps spans of a file to offsets in a text."""

    def __init__(self, text: TracedText) -> None:
        self.text = text.text
        self._segments = text.segments
        lengths = (len(segment.text) for segment in text.segments)
        self._starts = list(accumulate(lengths, initial=0))

    def offset_of(self, span: Span) -> int | None:
        """Return the offset of `span` in the text; None where the text does not contain it."""
        index = bisect_right(self._segments, span.start, key=lambda item: item.span.start) - 1
        if index < 0:
            return None
        segment = self._segments[index]
        is_inside = span.path == segment.span.path and span.end <= segment.span.end
        if not segment.verbatim or not is_inside:
            return None
        return self._starts[index] + span.start - segment.span.start


def content_of(node: Str) -> StringContent:
    """Return the text of `node`; an interpolation that is not known is `UNKNOWN`."""
    segments: list[Segment] = []
    numbers: set[Span] = set()
    for part in node.parts:
        if isinstance(part, TextPart):
            segments.extend(part.traced.segments)
            continue
        number = integer_of(part.node)
        if number is not None:
            numbers.add(number.span)
            segments.append(digits_segment(number))
        else:
            name = _program_name(part.node)
            segments.append(Segment(f"/{name}" if name else UNKNOWN, part.span, verbatim=False))
    return StringContent(join_segments(segments), frozenset(numbers))


def digits_segment(number: IntLiteral) -> Segment:
    """Return the text of `number`, which is verbatim unless it has leading zeros."""
    text = str(number.value)
    return Segment(text, number.span, len(text) == number.span.end - number.span.start)


def integer_of(node: Node) -> IntLiteral | None:
    """Return the integer that `node` is, or converts to a string."""
    if isinstance(node, Apply) and called_name(node) == "toString":
        node = node.argument
    return node if isinstance(node, IntLiteral) else None


def _program_name(node: Node) -> str:
    """Return the name of the program that `lib.getExe pkgs.redis` is the path of."""
    if not isinstance(node, Apply):
        return ""
    function = called_name(node)
    argument = node.argument
    if function == "getExe" and isinstance(argument, Select):
        return argument.path[-1].name or ""
    return (function in ("getExe'", "getBin'") and plain_text(argument)) or ""


def plain_text(node: Node) -> str | None:
    """Return the text of a string without interpolations; None for an empty or other one."""
    if not isinstance(node, Str) or len(node.parts) != 1:
        return None
    part = node.parts[0]
    return part.traced.text if isinstance(part, TextPart) else None
