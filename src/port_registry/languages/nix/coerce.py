"""Values as strings, the way `"${x}"` and `toString` make them."""

from typing import TYPE_CHECKING

from port_registry.languages.nix.scope import fail, stuck
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Float,
    Int,
    List,
    Null,
    PathValue,
    String,
    Value,
    known,
)
from port_registry.model import Segment, Span, TracedText, join_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from port_registry.languages.nix.interpreter import Interpreter

    _Convert = Callable[[Interpreter, Value, Span], TracedText]

_MAX_TEXT = 1_000_000
_KINDS = {
    "Int": "an integer",
    "Float": "a float",
    "Bool": "a Boolean",
    "Null": "null",
    "String": "a string",
    "PathValue": "a path",
    "List": "a list",
    "AttrSet": "a set",
    "Lambda": "a function",
    "Builtin": "a function",
}


def describe(value: Value) -> str:
    """Return what kind of value `value` is, with its article."""
    return _KINDS.get(type(value).__name__, "something unknown")


def written(text: str, span: Span) -> TracedText:
    """Return `text`, computed at `span`, as traced text."""
    return join_segments((Segment(text, span, verbatim=False),))


def joined(machine: "Interpreter", pieces: list[Segment], span: Span) -> TracedText:
    """Return `segments` as one text; gives up where it would be too long."""
    length = sum([len(piece.text) for piece in pieces])
    if length > _MAX_TEXT:
        stuck("this string is too long", span)
    machine.spend(len(pieces) + length // 100, span)
    return join_segments(pieces)


def interpolate(machine: "Interpreter", value: Value, span: Span) -> TracedText:
    """Return `value` as it stands in a string; Nix takes strings, paths and some sets."""
    if isinstance(value, String):
        return value.traced
    if isinstance(value, PathValue):
        stuck("Nix copies this path into its store to name it in a string", span)
    if isinstance(value, AttrSet):
        return _set_text(machine, value, span, interpolate)
    return fail(f"{describe(value)} cannot stand in a string", span)


def to_text(machine: "Interpreter", value: Value, span: Span) -> TracedText:
    """Return `value` as `toString` gives it."""
    if isinstance(value, String):
        return value.traced
    if isinstance(value, Int):
        return _digits(machine, value)
    if isinstance(value, Bool):
        return written("1" if value.value else "", value.span)
    if isinstance(value, Null):
        return TracedText("", ())
    if isinstance(value, Float):
        return written(f"{value.value:f}", value.span)
    if isinstance(value, List):
        return _list_text(machine, value, span)
    if isinstance(value, AttrSet):
        return _set_text(machine, value, span, to_text)
    if isinstance(value, PathValue):
        stuck("the path of the project is not known before it runs", span)
    return fail(f"{describe(value)} cannot be made a string", span)


def _digits(machine: "Interpreter", value: Int) -> TracedText:
    text = str(value.value)
    verbatim = value.origins == (value.span,) and machine.text_at(value.span) == text
    return TracedText(text, (Segment(text, value.span, verbatim),))


def _list_text(machine: "Interpreter", value: List, span: Span) -> TracedText:
    machine.spend(len(value.items), span)
    machine.deeper(span)
    try:
        pieces: list[Segment] = []
        for number, item in enumerate(value.items):
            element = machine.force(item)
            text = to_text(machine, element, span)
            machine.spend(len(text.segments), span)
            pieces.extend(text.segments)
            empty = isinstance(element, List) and not element.items
            if number < len(value.items) - 1 and not empty:
                pieces.append(Segment(" ", span, verbatim=False))
    finally:
        machine.shallower()
    return joined(machine, pieces, span)


def _set_text(
    machine: "Interpreter", value: AttrSet, span: Span, convert: "_Convert"
) -> TracedText:
    machine.deeper(span)
    try:
        if (to_string := value.attrs.get("__toString")) is not None:
            made = machine.call(machine.force(to_string.thunk), known(value), span)
            return convert(machine, made, span)
        if (out_path := value.attrs.get("outPath")) is not None:
            return convert(machine, machine.force(out_path.thunk), span)
    finally:
        machine.shallower()
    if value.rest is not None:
        stuck(value.rest.reason, span)
    return fail("a set cannot stand in a string", span)
