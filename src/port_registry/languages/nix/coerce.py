"""Coercion of values to strings, as in `"${x}"` and `toString`."""

from typing import TYPE_CHECKING

from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Float,
    Int,
    Interpreter,
    List,
    Null,
    PathValue,
    String,
    Value,
    evaluated,
)
from port_registry.model import Segment, Span, TracedText, join_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    _Convert = Callable[[Interpreter, Value, Span], TracedText]

_MAX_TEXT = 1_000_000
_KIND_NAMES = {
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


def kind_of(value: Value) -> str:
    """Return the kind of `value` with its article."""
    return _KIND_NAMES.get(type(value).__name__, "something unknown")


def computed_text(text: str, span: Span) -> TracedText:
    """Return `text`, which was computed at `span`, as traced text."""
    return join_segments((Segment(text, span, verbatim=False),))


def join_within_limit(interpreter: Interpreter, segments: list[Segment], span: Span) -> TracedText:
    """Return `segments` joined; raises `UnknownValueError` where that is too long."""
    length = sum([len(segment.text) for segment in segments])
    if length > _MAX_TEXT:
        raise_unknown("this string is too long", span)
    interpreter.spend(len(segments) + length // 100, span)
    return join_segments(segments)


def interpolate(interpreter: Interpreter, value: Value, span: Span) -> TracedText:
    """Return `value` as a part of a string; Nix accepts strings, paths and some sets."""
    if isinstance(value, String):
        return value.traced
    if isinstance(value, PathValue):
        raise_unknown("Nix copies this path into its store for the string", span)
    if isinstance(value, AttrSet):
        return _set_text(interpreter, value, span, interpolate)
    return raise_eval_error(f"{kind_of(value)} cannot be part of a string", span)


def to_text(interpreter: Interpreter, value: Value, span: Span) -> TracedText:
    """Return `value` as converted by `toString`."""
    if isinstance(value, String):
        return value.traced
    if isinstance(value, Int):
        return _digits(interpreter, value)
    if isinstance(value, Bool):
        return computed_text("1" if value.value else "", value.span)
    if isinstance(value, Null):
        return TracedText("", ())
    if isinstance(value, Float):
        return computed_text(f"{value.value:f}", value.span)
    if isinstance(value, List):
        return _list_text(interpreter, value, span)
    if isinstance(value, AttrSet):
        return _set_text(interpreter, value, span, to_text)
    if isinstance(value, PathValue):
        raise_unknown("the absolute path of the project is not known", span)
    return raise_eval_error(f"{kind_of(value)} cannot be converted to a string", span)


def _digits(interpreter: Interpreter, value: Int) -> TracedText:
    text = str(value.value)
    verbatim = value.origins == (value.span,) and interpreter.text_at(value.span) == text
    return TracedText(text, (Segment(text, value.span, verbatim),))


def _list_text(interpreter: Interpreter, value: List, span: Span) -> TracedText:
    interpreter.spend(len(value.items), span)
    interpreter.enter_level(span)
    try:
        segments: list[Segment] = []
        for number, item in enumerate(value.items):
            element = interpreter.force(item)
            text = to_text(interpreter, element, span)
            interpreter.spend(len(text.segments), span)
            segments.extend(text.segments)
            empty = isinstance(element, List) and not element.items
            if number < len(value.items) - 1 and not empty:
                segments.append(Segment(" ", span, verbatim=False))
    finally:
        interpreter.leave_level()
    return join_within_limit(interpreter, segments, span)


def _set_text(
    interpreter: Interpreter, value: AttrSet, span: Span, convert: "_Convert"
) -> TracedText:
    interpreter.enter_level(span)
    try:
        if (to_string := value.attrs.get("__toString")) is not None:
            result = interpreter.call(interpreter.force(to_string.thunk), evaluated(value), span)
            return convert(interpreter, result, span)
        if (out_path := value.attrs.get("outPath")) is not None:
            return convert(interpreter, interpreter.force(out_path.thunk), span)
    finally:
        interpreter.leave_level()
    if value.rest is not None:
        raise_unknown(value.rest.reason, span)
    return raise_eval_error("a set cannot be part of a string", span)
