"""What functions need of their arguments, or give up."""

from typing import TYPE_CHECKING

from port_registry.languages.nix.coerce import describe, written
from port_registry.languages.nix.scope import fail, stuck
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    Int,
    List,
    String,
    Thunk,
    Value,
    known,
    later,
)
from port_registry.model import Span, TracedText

if TYPE_CHECKING:
    from collections.abc import Callable

    from port_registry.languages.nix.interpreter import Interpreter

    Run = Callable[[Interpreter, tuple[Thunk, ...], Span], Value]
    """A function: from its arguments and the span of the call to its value."""


def integer(machine: "Interpreter", thunk: Thunk, span: Span) -> Int:
    """Return `thunk` as an integer."""
    value = machine.force(thunk)
    if isinstance(value, Int):
        return value
    return fail(f"{describe(value)} is used as an integer", span)


def string(machine: "Interpreter", thunk: Thunk, span: Span) -> String:
    """Return `thunk` as a string."""
    value = machine.force(thunk)
    if isinstance(value, String):
        machine.spend(len(value.traced.text) // 1000, span)
        return value
    return fail(f"{describe(value)} is used as a string", span)


def truth(machine: "Interpreter", thunk: Thunk, span: Span) -> bool:
    """Return `thunk` as a Boolean."""
    value = machine.force(thunk)
    if isinstance(value, Bool):
        return value.value
    return fail(f"{describe(value)} is used as a Boolean", span)


def items(machine: "Interpreter", thunk: Thunk, span: Span) -> tuple[Thunk, ...]:
    """Return the elements of the list `thunk`."""
    value = machine.force(thunk)
    if isinstance(value, List):
        machine.spend(len(value.items), span)
        return value.items
    return fail(f"{describe(value)} is used as a list", span)


def attributes(machine: "Interpreter", thunk: Thunk, span: Span) -> AttrSet:
    """Return `thunk` as a set whose every attribute is known."""
    value = machine.attrs(thunk, span)
    if value.rest is not None:
        stuck(value.rest.reason, span)
    machine.spend(len(value.attrs), span)
    return value


def applied(
    machine: "Interpreter", function: Thunk, arguments: tuple[Thunk, ...], span: Span
) -> Value:
    """Return what `function` gives for `arguments`."""
    value = machine.force(function)
    for argument in arguments:
        value = machine.call(value, argument, span)
    return value


def holds(machine: "Interpreter", predicate: Thunk, argument: Thunk, span: Span) -> bool:
    """Return whether `predicate` is true of `argument`."""
    value = applied(machine, predicate, (argument,), span)
    if isinstance(value, Bool):
        return value.value
    return fail(f"{describe(value)} is used as a Boolean", span)


def application(function: Thunk, arguments: tuple[Thunk, ...], span: Span) -> Thunk:
    """Return a thunk for `function` applied to `arguments`."""
    return later(lambda machine: applied(machine, function, arguments, span))


def text(words: str, span: Span) -> String:
    """Return a string that a function made."""
    return String(written(words, span) if words else TracedText("", ()), span)


def number(value: int, span: Span) -> Int:
    """Return an integer that no literal made."""
    return Int(value, span, ())


def made_set(values: dict[str, Thunk], span: Span) -> AttrSet:
    """Return a set that a function made."""
    return AttrSet({n: Attr(n, span, span, thunk) for n, thunk in values.items()}, span)


def name(attr: Attr) -> Thunk:
    """Return an attribute's name as a value."""
    return known(text(attr.name, attr.name_span))


def sorted_attrs(attrs: AttrSet) -> list[Attr]:
    """Return the attributes of `attrs` in Nix's order, by name."""
    return [attrs.attrs[key] for key in sorted(attrs.attrs)]
