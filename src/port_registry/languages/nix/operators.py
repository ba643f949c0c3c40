"""What Nix's operators make of values."""

import posixpath
from typing import TYPE_CHECKING

from port_registry.languages.nix.build import MAX_INT
from port_registry.languages.nix.coerce import describe, interpolate, joined
from port_registry.languages.nix.scope import fail, stuck
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    Float,
    Int,
    Lambda,
    List,
    Null,
    PathValue,
    String,
    Thunk,
    Value,
)
from port_registry.model import Span

if TYPE_CHECKING:
    from port_registry.languages.nix.interpreter import Interpreter

_VERBS = {
    "+": ("add", "to"),
    "-": ("subtract", "from"),
    "*": ("multiply", "by"),
    "/": ("divide", "by"),
}


def truth(value: Value, span: Span) -> bool:
    """Return the Boolean that `value` is."""
    if isinstance(value, Bool):
        return value.value
    if isinstance(value, ExternalValue):
        stuck(value.reason, value.span)
    return fail(f"{describe(value)} is used as a condition", span)


def unary(operator: str, value: Value, span: Span) -> Value:
    """Return `-value` or `!value`."""
    if operator == "!":
        return Bool(not truth(value, span), span)
    if isinstance(value, ExternalValue):
        stuck(value.reason, value.span)
    return arithmetic("-", Int(0, span, ()), value, span)


def binary(machine: "Interpreter", operator: str, left: Value, right: Value, span: Span) -> Value:
    """Return what a strict operator gives."""
    if operator in ("==", "!="):
        same = equal(machine, left, right, span)
        return Bool(same == (operator == "=="), span)
    if operator in ("<", "<=", ">", ">="):
        if operator in ("<", ">="):
            below = less(machine, left, right, span)
        else:
            below = less(machine, right, left, span)
        return Bool(below == (operator in ("<", ">")), span)
    if operator == "//":
        return update(machine, left, right, span)
    if operator == "++":
        return concatenate(machine, left, right, span)
    if operator == "+":
        return add(machine, left, right, span)
    if operator in ("-", "*", "/"):
        return arithmetic(operator, left, right, span)
    return stuck(f"the operator `{operator}` is not understood", span)


def add(machine: "Interpreter", left: Value, right: Value, span: Span) -> Value:
    """Return `left + right`: a sum, a string or a path."""
    if isinstance(left, (Int, Float)):
        return arithmetic("+", left, right, span)
    if isinstance(left, PathValue):
        if isinstance(right, PathValue):
            stuck("two paths make one that depends on where the project lies", span)
        return PathValue(
            posixpath.normpath(left.path + interpolate(machine, right, span).text), span
        )
    first, second = interpolate(machine, left, span), interpolate(machine, right, span)
    return String(joined(machine, [*first.segments, *second.segments], span), span)


def arithmetic(operator: str, left: Value, right: Value, span: Span) -> Value:
    """Return what `+`, `-`, `*` or `/` gives for two numbers."""
    if not isinstance(left, (Int, Float)) or not isinstance(right, (Int, Float)):
        odd = right if isinstance(left, (Int, Float)) else left
        verb, _ = _VERBS[operator]
        return fail(f"{describe(odd)} is no number to {verb}", span)
    if operator == "/" and right.value == 0:
        fail("division by zero", span)
    if isinstance(left, Int) and isinstance(right, Int):
        return _integer(operator, left, right, span)
    first, second = float(left.value), float(right.value)
    try:
        if operator == "+":
            return Float(first + second, span)
        if operator == "-":
            return Float(first - second, span)
        return Float(first * second if operator == "*" else first / second, span)
    except OverflowError:
        return stuck("this number is too large for a float", span)


def _integer(operator: str, left: Int, right: Int, span: Span) -> Value:
    first, second = left.value, right.value
    if operator == "+":
        result = first + second
    elif operator == "-":
        result = first - second
    elif operator == "*":
        result = first * second
    else:
        result = abs(first) // abs(second)
        if (first < 0) != (second < 0):
            result = -result
    if not -MAX_INT - 1 <= result <= MAX_INT:
        stuck("this integer overflows, which versions of Nix answer differently", span)
    return Int(result, span, left.origins + right.origins)


def concatenate(machine: "Interpreter", left: Value, right: Value, span: Span) -> Value:
    """Return `left ++ right`."""
    if not isinstance(left, List) or not isinstance(right, List):
        odd = right if isinstance(left, List) else left
        return fail(f"{describe(odd)} is used as a list", span)
    machine.spend((len(left.items) + len(right.items)) // 2, span)
    return List(left.items + right.items, span)


def update(machine: "Interpreter", left: Value, right: Value, span: Span) -> Value:
    """Return `left // right`."""
    if not isinstance(left, AttrSet) or not isinstance(right, AttrSet):
        odd = right if isinstance(left, AttrSet) else left
        return fail(f"{describe(odd)} is used as a set", span)
    if right.rest is not None:
        stuck(right.rest.reason, right.span)
    machine.spend((len(left.attrs) + len(right.attrs)) // 2, span)
    return AttrSet({**left.attrs, **right.attrs}, span, left.rest)


def less(machine: "Interpreter", left: Value, right: Value, span: Span) -> bool:
    """Return whether `left < right`."""
    if isinstance(left, (Int, Float)) and isinstance(right, (Int, Float)):
        return left.value < right.value
    if isinstance(left, String) and isinstance(right, String):
        return left.traced.text < right.traced.text
    if isinstance(left, PathValue) and isinstance(right, PathValue):
        stuck("paths are compared by where the project lies", span)
    if isinstance(left, List) and isinstance(right, List):
        return _less_lists(machine, left, right, span)
    return fail(f"{describe(left)} cannot be compared with {describe(right)}", span)


def _less_lists(machine: "Interpreter", left: List, right: List, span: Span) -> bool:
    machine.deeper(span)
    try:
        for first, second in zip(left.items, right.items, strict=False):
            if not _equal_thunks(machine, first, second, span):
                return less(machine, machine.force(first), machine.force(second), span)
    finally:
        machine.shallower()
    return len(left.items) < len(right.items)


def equal(machine: "Interpreter", left: Value, right: Value, span: Span) -> bool:
    """Return whether `left == right`."""
    if isinstance(left, (Int, Float)) and isinstance(right, (Int, Float)):
        return left.value == right.value
    if type(left) is not type(right):
        return False
    if isinstance(left, String) and isinstance(right, String):
        machine.spend(len(left.traced.text) // 1000, span)
        return left.traced.text == right.traced.text
    if isinstance(left, Bool) and isinstance(right, Bool):
        return left.value == right.value
    if isinstance(left, PathValue) and isinstance(right, PathValue):
        return left.path == right.path
    if isinstance(left, Null):
        return True
    machine.deeper(span)
    try:
        if isinstance(left, List) and isinstance(right, List):
            return _equal_lists(machine, left, right, span)
        if isinstance(left, AttrSet) and isinstance(right, AttrSet):
            return _equal_sets(machine, left, right, span)
    finally:
        machine.shallower()
    return False


def _equal_thunks(machine: "Interpreter", left: Thunk, right: Thunk, span: Span) -> bool:
    first, second = machine.force(left), machine.force(right)
    functions = (Lambda, Builtin)
    if isinstance(first, functions) and isinstance(second, functions):
        stuck("Nix compares functions in sets by where they lie in memory", span)
    return equal(machine, first, second, span)


def _equal_lists(machine: "Interpreter", left: List, right: List, span: Span) -> bool:
    if len(left.items) != len(right.items):
        return False
    machine.spend(len(left.items), span)
    for first, second in zip(left.items, right.items, strict=True):
        if not _equal_thunks(machine, first, second, span):
            return False
    return True


def _equal_sets(machine: "Interpreter", left: AttrSet, right: AttrSet, span: Span) -> bool:
    for value in (left, right):
        if value.rest is not None:
            stuck(value.rest.reason, span)
        if "outPath" in value.attrs and "type" in value.attrs:
            stuck("Nix compares derivations by their paths", span)
    if left.attrs.keys() != right.attrs.keys():
        return False
    machine.spend(len(left.attrs), span)
    for name in sorted(left.attrs):
        if not _equal_thunks(machine, left.attrs[name].thunk, right.attrs[name].thunk, span):
            return False
    return True
