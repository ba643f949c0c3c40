"""Coercion of the arguments of builtins; raises `UnknownValueError`."""

from typing import TYPE_CHECKING

from port_registry.languages.nix.coerce import computed_text, kind_of
from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    Int,
    Interpreter,
    List,
    String,
    Thunk,
    Value,
    deferred,
    evaluated,
)
from port_registry.model import Span, TracedText

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[Interpreter, tuple[Thunk, ...], Span], Value]
    """An implementation: takes the arguments and the span of the call, returns the value."""


def integer(interpreter: Interpreter, thunk: Thunk, span: Span) -> Int:
    """Return `thunk` as an integer."""
    value = interpreter.force(thunk)
    if isinstance(value, Int):
        return value
    return raise_eval_error(f"{kind_of(value)} is used as an integer", span)


def string(interpreter: Interpreter, thunk: Thunk, span: Span) -> String:
    """Return `thunk` as a string."""
    value = interpreter.force(thunk)
    if isinstance(value, String):
        interpreter.spend(len(value.traced.text) // 1000, span)
        return value
    return raise_eval_error(f"{kind_of(value)} is used as a string", span)


def truth(interpreter: Interpreter, thunk: Thunk, span: Span) -> bool:
    """Return `thunk` as a Boolean."""
    value = interpreter.force(thunk)
    if isinstance(value, Bool):
        return value.value
    return raise_eval_error(f"{kind_of(value)} is used as a Boolean", span)


def items(interpreter: Interpreter, thunk: Thunk, span: Span) -> tuple[Thunk, ...]:
    """Return the elements of the list `thunk`."""
    value = interpreter.force(thunk)
    if isinstance(value, List):
        interpreter.spend(len(value.items), span)
        return value.items
    return raise_eval_error(f"{kind_of(value)} is used as a list", span)


def attributes(interpreter: Interpreter, thunk: Thunk, span: Span) -> AttrSet:
    """Return `thunk` as a set whose attributes are all known."""
    value = interpreter.force_set(thunk, span)
    if value.rest is not None:
        raise_unknown(value.rest.reason, span)
    interpreter.spend(len(value.attrs), span)
    return value


def call(
    interpreter: Interpreter, function: Thunk, arguments: tuple[Thunk, ...], span: Span
) -> Value:
    """Return the result of `function` for `arguments`."""
    value = interpreter.force(function)
    for argument in arguments:
        value = interpreter.call(value, argument, span)
    return value


def holds(interpreter: Interpreter, predicate: Thunk, argument: Thunk, span: Span) -> bool:
    """Return whether `predicate` is true of `argument`."""
    value = call(interpreter, predicate, (argument,), span)
    if isinstance(value, Bool):
        return value.value
    return raise_eval_error(f"{kind_of(value)} is used as a Boolean", span)


def deferred_call(function: Thunk, arguments: tuple[Thunk, ...], span: Span) -> Thunk:
    """Return a thunk for the result of `function` for `arguments`."""
    return deferred(lambda interpreter: call(interpreter, function, arguments, span))


def computed_string(words: str, span: Span) -> String:
    """Return a string that a function computed."""
    return String(computed_text(words, span) if words else TracedText("", ()), span)


def computed_int(value: int, span: Span) -> Int:
    """Return an integer that does not come from a literal."""
    return Int(value, span, ())


def computed_set(values: dict[str, Thunk], span: Span) -> AttrSet:
    """Return a set that a function computed."""
    return AttrSet({name: Attr(name, span, span, thunk) for name, thunk in values.items()}, span)


def name_value(attr: Attr) -> Thunk:
    """Return an attribute's name as a value."""
    return evaluated(computed_string(attr.name, attr.name_span))


def sorted_attrs(attrs: AttrSet) -> list[Attr]:
    """Return the attributes of `force_set` in Nix's order, by name."""
    return [attrs.attrs[key] for key in sorted(attrs.attrs)]
