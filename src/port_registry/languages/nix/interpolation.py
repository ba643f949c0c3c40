"""Strings and names that are put together from parts, some of them perhaps unknown.

In an evaluation with a `World` an unknown part leaves a stand-in in the string, and the rest
of the string is known; without one, the whole string is unknown.
"""

from typing import TYPE_CHECKING

from port_registry.languages.nix import tree
from port_registry.languages.nix.coerce import describe, interpolate, joined
from port_registry.languages.nix.scope import LazyScope, StuckError, fail, stuck
from port_registry.languages.nix.values import ExternalValue, Null, String, UnknownValue, Value
from port_registry.model import Segment, Span, TracedText

if TYPE_CHECKING:
    from port_registry.languages.nix.interpreter import Interpreter


def text_of(
    machine: "Interpreter",
    parts: tuple[tree.TextPart | tree.Interpolation, ...],
    scope: LazyScope,
    span: Span,
) -> TracedText:
    """Return the text of a string or path."""
    if not parts:
        return TracedText("", ())
    if len(parts) == 1 and isinstance(parts[0], tree.TextPart):
        return parts[0].traced
    pieces: list[Segment] = []
    for part in parts:
        if isinstance(part, tree.TextPart):
            pieces.extend(part.traced.segments)
        else:
            pieces.extend(_taken(machine, part.node, scope, part.span))
    return joined(machine, pieces, span)


def _taken(
    machine: "Interpreter", node: tree.Node, scope: LazyScope, span: Span
) -> tuple[Segment, ...]:
    """Return what `node` gives as a part of a string."""
    world = machine.world
    try:
        text = interpolate(machine, _inside(machine.evaluate(node, scope)), span)
    except StuckError as reason:
        if world is None:
            raise
        return (world.stand_in(reason.unknown, span),)
    return text.segments if world is None else world.taken(text, span).segments


def _inside(value: Value) -> Value:
    """Return `value`, which must not come from outside."""
    if isinstance(value, ExternalValue):
        stuck(value.reason, value.span)
    return value


def total(
    machine: "Interpreter", left: String | ExternalValue, node: tree.Binary, scope: LazyScope
) -> Value:
    """Return `left + right`, a string."""
    right = _taken(machine, node.right, scope, node.right.span)
    if isinstance(left, String):
        first = left.traced.segments
    elif machine.world is not None and isinstance(node.right, tree.Str):
        unknown = UnknownValue(left.reason, left.span)
        first = (machine.world.stand_in(unknown, node.left.span),)
    else:
        stuck(left.reason, node.span)
    return String(joined(machine, [*first, *right], node.span), node.span)


def key_name(machine: "Interpreter", key: tree.Key, scope: LazyScope) -> str:
    """Return the name of one part of an attribute path."""
    if key.name is not None:
        return key.name
    if key.node is None:
        return stuck("this name is not understood", key.span)
    value = _inside(machine.evaluate(key.node, scope))
    if not isinstance(value, String):
        return fail(f"{describe(value)} cannot name an attribute", key.span)
    return value.traced.text


def dynamic_name(
    machine: "Interpreter", definition: tree.DynamicDefinition, scope: LazyScope
) -> str | None:
    """Return the name of an attribute that is computed; None where there is to be none."""
    try:
        key = _inside(machine.evaluate(definition.key, scope))
    except StuckError as reason:
        if machine.world is None:
            raise
        return machine.world.stand_in(reason.unknown, definition.name_span).text
    if isinstance(key, Null):
        return None
    if not isinstance(key, String):
        fail(f"{describe(key)} cannot name an attribute", definition.name_span)
    return key.traced.text
