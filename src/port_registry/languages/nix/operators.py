"""Operators of Nix."""

import posixpath

from port_registry.languages.nix.coerce import interpolate, join_within_limit, kind_of
from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.languages.nix.tree import MAX_INT
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    Float,
    Int,
    Interpreter,
    Lambda,
    List,
    Null,
    PathValue,
    String,
    Thunk,
    Value,
)
from port_registry.model import Span

_VERBS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_INTEGERS = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
_FLOATS = {
    "+": float.__add__,
    "-": float.__sub__,
    "*": float.__mul__,
    "/": float.__truediv__,
}


def truth(value: Value, span: Span) -> bool:
    """Return `value` as a Boolean."""
    if isinstance(value, Bool):
        return value.value
    if isinstance(value, ExternalValue):
        raise_unknown(value.reason, value.span)
    return raise_eval_error(f"{kind_of(value)} is used as a condition", span)


def unary(operator: str, value: Value, span: Span) -> Value:
    """Return `-value` or `!value`."""
    if operator == "!":
        return Bool(not truth(value, span), span)
    if isinstance(value, ExternalValue):
        raise_unknown(value.reason, value.span)
    return arithmetic("-", Int(0, span, ()), value, span)


def binary(interpreter: Interpreter, operator: str, left: Value, right: Value, span: Span) -> Value:
    """Return the result of a strict operator."""
    if operator in ("==", "!="):
        same = equal(interpreter, left, right, span)
        return Bool(same == (operator == "=="), span)
    if operator in ("<", "<=", ">", ">="):
        first, second = (left, right) if operator in ("<", ">=") else (right, left)
        return Bool(less(interpreter, first, second, span) == (operator in ("<", ">")), span)
    if operator == "//":
        return update(interpreter, left, right, span)
    if operator == "++":
        return concatenate(interpreter, left, right, span)
    if operator == "+":
        return add(interpreter, left, right, span)
    if operator in ("-", "*", "/"):
        return arithmetic(operator, left, right, span)
    return raise_unknown(f"the operator `{operator}` is not understood", span)


def add(interpreter: Interpreter, left: Value, right: Value, span: Span) -> Value:
    """Return `left + right`: a sum, a string or a path."""
    if isinstance(left, (Int, Float)):
        return arithmetic("+", left, right, span)
    if isinstance(left, PathValue):
        if isinstance(right, PathValue):
            raise_unknown("two paths make one that depends on where the project lies", span)
        return PathValue(
            posixpath.normpath(left.path + interpolate(interpreter, right, span).text), span
        )
    first, second = interpolate(interpreter, left, span), interpolate(interpreter, right, span)
    return String(join_within_limit(interpreter, [*first.segments, *second.segments], span), span)


def arithmetic(operator: str, left: Value, right: Value, span: Span) -> Value:
    """Return the result of `+`, `-`, `*` or `/` for two numbers."""
    if not isinstance(left, (Int, Float)) or not isinstance(right, (Int, Float)):
        invalid = right if isinstance(left, (Int, Float)) else left
        reason = f"{kind_of(invalid)} is not a number to {_VERBS[operator]}"
        return raise_eval_error(reason, span)
    if operator == "/" and right.value == 0:
        raise_eval_error("division by zero", span)
    if isinstance(left, Float) or isinstance(right, Float):
        return Float(_FLOATS[operator](float(left.value), float(right.value)), span)
    if operator == "/":
        result = abs(left.value) // abs(right.value)
        result = result if (left.value < 0) == (right.value < 0) else -result
    else:
        result = _INTEGERS[operator](left.value, right.value)
    if not -MAX_INT - 1 <= result <= MAX_INT:
        raise_unknown("this integer overflows, which depends on the version of Nix", span)
    return Int(result, span, left.origins + right.origins)


def concatenate(interpreter: Interpreter, left: Value, right: Value, span: Span) -> Value:
    """Return `left ++ right`."""
    if not isinstance(left, List) or not isinstance(right, List):
        invalid = right if isinstance(left, List) else left
        return raise_eval_error(f"{kind_of(invalid)} is used as a list", span)
    interpreter.spend((len(left.items) + len(right.items)) // 2, span)
    return List(left.items + right.items, span)


def update(interpreter: Interpreter, left: Value, right: Value, span: Span) -> Value:
    """Return `left // right`."""
    if not isinstance(left, AttrSet) or not isinstance(right, AttrSet):
        invalid = right if isinstance(left, AttrSet) else left
        return raise_eval_error(f"{kind_of(invalid)} is used as a set", span)
    if right.rest is not None:
        raise_unknown(right.rest.reason, right.span)
    interpreter.spend((len(left.attrs) + len(right.attrs)) // 2, span)
    return AttrSet({**left.attrs, **right.attrs}, span, left.rest)


def less(interpreter: Interpreter, left: Value, right: Value, span: Span) -> bool:
    """Return whether `left < right`."""
    if isinstance(left, (Int, Float)) and isinstance(right, (Int, Float)):
        return left.value < right.value
    if isinstance(left, String) and isinstance(right, String):
        return left.traced.text < right.traced.text
    if isinstance(left, PathValue) and isinstance(right, PathValue):
        raise_unknown("the order of paths depends on the location of the project", span)
    if isinstance(left, List) and isinstance(right, List):
        return _less_lists(interpreter, left, right, span)
    return raise_eval_error(f"{kind_of(left)} cannot be compared with {kind_of(right)}", span)


def _less_lists(interpreter: Interpreter, left: List, right: List, span: Span) -> bool:
    interpreter.enter_level(span)
    try:
        for first, second in zip(left.items, right.items, strict=False):
            if not _equal_thunks(interpreter, first, second, span):
                return less(interpreter, interpreter.force(first), interpreter.force(second), span)
    finally:
        interpreter.leave_level()
    return len(left.items) < len(right.items)


def equal(interpreter: Interpreter, left: Value, right: Value, span: Span) -> bool:
    """Return whether `left == right`."""
    if isinstance(left, (Int, Float)) and isinstance(right, (Int, Float)):
        return left.value == right.value
    if type(left) is not type(right):
        return False
    if isinstance(left, String) and isinstance(right, String):
        interpreter.spend(len(left.traced.text) // 1000, span)
        return left.traced.text == right.traced.text
    if isinstance(left, Bool) and isinstance(right, Bool):
        return left.value == right.value
    if isinstance(left, PathValue) and isinstance(right, PathValue):
        return left.path == right.path
    if isinstance(left, Null):
        return True
    interpreter.enter_level(span)
    try:
        pairs = _pairs(interpreter, left, right, span)
        for first, second in pairs or ():
            if not _equal_thunks(interpreter, first, second, span):
                return False
        return pairs is not None
    finally:
        interpreter.leave_level()


def _equal_thunks(interpreter: Interpreter, left: Thunk, right: Thunk, span: Span) -> bool:
    first, second = interpreter.force(left), interpreter.force(right)
    functions = (Lambda, Builtin)
    if isinstance(first, functions) and isinstance(second, functions):
        raise_unknown("Nix compares functions in sets by their address", span)
    return equal(interpreter, first, second, span)


def _pairs(
    interpreter: Interpreter, left: Value, right: Value, span: Span
) -> list[tuple[Thunk, Thunk]] | None:
    """Return the parts of two lists or sets to compare; None where these differ anyway."""
    if isinstance(left, List) and isinstance(right, List):
        if len(left.items) != len(right.items):
            return None
        interpreter.spend(len(left.items), span)
        return list(zip(left.items, right.items, strict=True))
    if not isinstance(left, AttrSet) or not isinstance(right, AttrSet):
        return None
    for value in (left, right):
        if value.rest is not None:
            raise_unknown(value.rest.reason, span)
        if "outPath" in value.attrs and "type" in value.attrs:
            raise_unknown("Nix compares derivations by their paths", span)
    if left.attrs.keys() != right.attrs.keys():
        return None
    interpreter.spend(len(left.attrs), span)
    return [(left.attrs[name].thunk, right.attrs[name].thunk) for name in sorted(left.attrs)]
