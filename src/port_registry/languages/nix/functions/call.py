"""Call of a builtin, with the coercion of its arguments."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from port_registry.languages.nix import coerce, operators, scope
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    ExternalValue,
    Int,
    Interpreter,
    List,
    String,
    Thunk,
    UnknownValue,
    Value,
    deferred,
    evaluated,
)
from port_registry.model import NamedTuple, Segment, Span, TracedText

_Kind = TypeVar("_Kind")


class Call(NamedTuple):
    """A call of a builtin. All methods for arguments raise `UnknownValueError`."""

    interpreter: Interpreter
    span: Span

    # Arguments.

    def force(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`."""
        return self.interpreter.force(thunk)

    def _coerced(self, thunk: Thunk, kind: type[_Kind], noun: str) -> _Kind:
        value = self.interpreter.force(thunk)
        if isinstance(value, kind):
            return value
        return scope.raise_eval_error(f"{coerce.kind_of(value)} is used as {noun}", self.span)

    def integer(self, thunk: Thunk) -> Int:
        """Return `thunk` as an integer."""
        return self._coerced(thunk, Int, "an integer")

    def string(self, thunk: Thunk) -> String:
        """Return `thunk` as a string."""
        value = self._coerced(thunk, String, "a string")
        self.interpreter.spend(len(value.traced.text) // 1000, self.span)
        return value

    def text(self, thunk: Thunk) -> str:
        """Return the text of the string `thunk`."""
        return self.string(thunk).traced.text

    def interpolated(self, thunk: Thunk) -> TracedText:
        """Return `thunk` as a part of a string."""
        return coerce.interpolate(self.interpreter, self.interpreter.force(thunk), self.span)

    def truth(self, thunk: Thunk) -> bool:
        """Return `thunk` as a Boolean."""
        return self._coerced(thunk, Bool, "a Boolean").value

    def items(self, thunk: Thunk) -> tuple[Thunk, ...]:
        """Return the elements of the list `thunk`."""
        items = self._coerced(thunk, List, "a list").items
        self.interpreter.spend(len(items), self.span)
        return items

    def attribute_set(self, thunk: Thunk) -> AttrSet:
        """Return `thunk` as a set, which may have a `rest`."""
        return self._coerced(thunk, AttrSet, "a set")

    def attributes(self, thunk: Thunk) -> dict[str, Attr]:
        """Return the attributes of the set `thunk`, all of which are known."""
        value = self.attribute_set(thunk)
        if value.rest is not None:
            scope.raise_unknown(value.rest.reason, self.span)
        self.interpreter.spend(len(value.attrs), self.span)
        return value.attrs

    def sorted_attributes(self, thunk: Thunk) -> list[Attr]:
        """Return the attributes of the set `thunk` in Nix's order, by name."""
        return [attr for _, attr in sorted(self.attributes(thunk).items())]

    # Functions among the arguments.

    def apply(self, function: Thunk, *arguments: Thunk) -> Value:
        """Return the result of `function` for `arguments`."""
        value = self.interpreter.force(function)
        for argument in arguments:
            value = self.interpreter.call(value, argument, self.span)
        return value

    def deferred(self, function: Thunk, *arguments: Thunk) -> Thunk:
        """Return a thunk for the result of `function` for `arguments`."""
        return deferred(
            lambda interpreter: Call(interpreter, self.span).apply(function, *arguments)
        )

    def holds(self, predicate: Thunk, argument: Thunk) -> bool:
        """Return whether `predicate` is true of `argument`."""
        value = self.apply(predicate, argument)
        if isinstance(value, Bool):
            return value.value
        return scope.raise_eval_error(f"{coerce.kind_of(value)} is used as a Boolean", self.span)

    def is_less(self, left: Value, right: Value) -> bool:
        """Return whether `left < right`."""
        return operators.less(self.interpreter, left, right, self.span)

    def is_equal(self, left: Value, right: Value) -> bool:
        """Return whether `left == right`."""
        return operators.equal(self.interpreter, left, right, self.span)

    def update(self, left: Value, right: Value) -> Value:
        """Return `left // right`."""
        return operators.update(self.interpreter, left, right, self.span)

    # Results.

    def new_int(self, value: int) -> Int:
        """Return a computed integer, which does not come from a literal."""
        return Int(value, self.span, ())

    def new_string(self, text: str) -> String:
        """Return a computed string."""
        return computed_string(text, self.span)

    def joined(self, segments: list[Segment]) -> String:
        """Return the string of `segments`."""
        return String(coerce.join_within_limit(self.interpreter, segments, self.span), self.span)

    def new_list(self, items: Iterable[Thunk]) -> List:
        """Return a computed list."""
        return List(tuple(items), self.span)

    def new_set(self, values: dict[str, Thunk]) -> AttrSet:
        """Return a computed set."""
        return computed_set(values, self.span)


Implementation = tuple[int, Callable[[Interpreter, tuple[Thunk, ...], Span], Value]]
"""The arity of a `Builtin`, and its `run`."""
Table = dict[str, Implementation]


def unary(function: Callable[[Call, Thunk], Value]) -> Implementation:
    """Return the implementation of a builtin with one argument."""
    return 1, lambda interpreter, given, span: function(Call(interpreter, span), given[0])


def binary(function: Callable[[Call, Thunk, Thunk], Value]) -> Implementation:
    """Return the implementation of a builtin with two arguments."""
    return 2, lambda interpreter, given, span: function(Call(interpreter, span), given[0], given[1])


def ternary(function: Callable[[Call, Thunk, Thunk, Thunk], Value]) -> Implementation:
    """Return the implementation of a builtin with three arguments."""
    return 3, lambda interpreter, given, span: function(
        Call(interpreter, span), given[0], given[1], given[2]
    )


def computed_string(text: str, span: Span) -> String:
    """Return a string that was computed at `span`."""
    return String(coerce.computed_text(text, span), span)


def computed_set(
    values: dict[str, Thunk], span: Span, rest: UnknownValue | ExternalValue | None = None
) -> AttrSet:
    """Return a set that was computed at `span`."""
    attrs = {name: Attr(name, span, span, thunk) for name, thunk in values.items()}
    return AttrSet(attrs, span, rest)


def name_value(attr: Attr) -> Thunk:
    """Return an attribute's name as a value."""
    return evaluated(computed_string(attr.name, attr.name_span))
