"""Ports and ranges in the leaves of a registry."""

from port_registry import model
from port_registry.languages.data_tree import IntNode, Node, StringNode, UnknownNode

_MOST_DIGITS = 40


class PortValue(model.NamedTuple):
    """The ports in a leaf, with their location."""

    ports: model.PortRange
    span: model.Span
    digits: tuple[model.Span, ...]
    """As in `Entry.digits`."""


class InvalidPort(model.NamedTuple):
    """A leaf that is meant as a port and is not a valid one."""

    flaw: model.Flaw
    span: model.Span


class NotAPort(model.NamedTuple):
    """A leaf that is not meant as a port."""


ABSENT = NotAPort()

LeafValue = PortValue | InvalidPort | UnknownNode | NotAPort


class _End(model.NamedTuple):
    """A number that is meant as a port."""

    number: int
    span: model.Span
    digits: model.Span | None


def read_leaf(node: Node) -> LeafValue:
    """Return the ports in a leaf: an integer, or digits or `49000-49099` in a string."""
    if isinstance(node, IntNode):
        return _single(_End(node.value, node.span, node.digits))
    if isinstance(node, UnknownNode):
        return node
    if not isinstance(node, StringNode):
        return ABSENT
    text = node.text
    low, dash, high = text.partition("-")
    if dash and _is_digits(low.rstrip(" ")) and _is_digits(high.lstrip(" ")):
        first = _end_in(node, 0, len(low.rstrip(" ")))
        last = _end_in(node, len(text) - len(high.lstrip(" ")), len(text))
        return _range(first, last, node.span)
    if _is_digits(text.removeprefix("-")):
        return _single(_end_in(node, 0, len(text)))
    return ABSENT


def read_ends(first: Node, last: Node, *, is_count: bool = False) -> LeafValue:
    """Return the range from the leaf `first` to the leaf `last`, or of so many ports."""
    start, stop = _end(first), _end(last)
    if not isinstance(start, _End):
        return start
    if not isinstance(stop, _End):
        return stop
    if is_count and stop.number < 1:
        return InvalidPort(model.Flaw.REVERSED, stop.span)
    if is_count:
        stop = _End(start.number + stop.number - 1, stop.span, None)
    return _range(start, stop, start.span)


def _end(node: Node) -> _End | InvalidPort | UnknownNode:
    """Return the number in a leaf that is meant as a number."""
    if isinstance(node, UnknownNode):
        return node
    if isinstance(node, IntNode):
        return _End(node.value, node.span, node.digits)
    if isinstance(node, StringNode) and _is_digits(node.text):
        return _end_in(node, 0, len(node.text))
    return InvalidPort(model.Flaw.NOT_A_PORT, node.span)


def _end_in(node: StringNode, start: int, end: int) -> _End:
    """Return the number in the digits `node.text[start:end]`."""
    number = integer_of(node.text[start:end])
    if node.body is None:
        return _End(number, node.span, None)
    span = model.Span(node.body.path, node.body.start + start, node.body.start + end)
    return _End(number, span, span)


def integer_of(digits: str) -> int:
    """Return `digits`, perhaps with a minus, as a number; very long ones as an invalid port."""
    if len(digits) > _MOST_DIGITS:
        return -model.MAX_PORT - 1 if digits.startswith("-") else model.MAX_PORT + 1
    return int(digits)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _flaw(number: int) -> model.Flaw:
    return model.Flaw.ZERO if number == 0 else model.Flaw.OUT_OF_BOUNDS


def _single(end: _End) -> PortValue | InvalidPort:
    port = model.port_from_int(end.number)
    if port is None:
        return InvalidPort(_flaw(end.number), end.span)
    return PortValue(model.single(port), end.span, () if end.digits is None else (end.digits,))


def _range(first: _End, last: _End, span: model.Span) -> PortValue | InvalidPort:
    for end in (first, last):
        if not model.MIN_PORT <= end.number <= model.MAX_PORT:
            return InvalidPort(_flaw(end.number), end.span)
    if last.number < first.number:
        return InvalidPort(model.Flaw.REVERSED, span)
    digits = [end.digits for end in (first, last) if end.digits is not None]
    ports = model.PortRange(model.Port(first.number), model.Port(last.number))
    return PortValue(ports, span, tuple(digits) if len(digits) == 2 else ())
