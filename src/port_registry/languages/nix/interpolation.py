"""Interpolated strings and names, whose parts may be unknown.

In an evaluation with `ExternalValues` an unknown part leaves a placeholder in the string, and
the rest of the string is known; without, the whole string is unknown.
"""

from port_registry.languages.nix import tree, values
from port_registry.languages.nix.coerce import interpolate, join_within_limit, kind_of
from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.model import Segment, Span, TracedText


def interpolated_text(
    interpreter: values.Interpreter,
    parts: tuple[tree.TextPart | tree.Interpolation, ...],
    scope: values.LazyScope,
    span: Span,
) -> TracedText:
    """Return the text of a string or path."""
    if not parts:
        return TracedText("", ())
    if len(parts) == 1 and isinstance(parts[0], tree.TextPart):
        return parts[0].traced
    segments: list[Segment] = []
    for part in parts:
        if isinstance(part, tree.TextPart):
            segments.extend(part.traced.segments)
        else:
            segments.extend(_segments_of(interpreter, part.node, scope, part.span))
    return join_within_limit(interpreter, segments, span)


def _segments_of(
    interpreter: values.Interpreter, node: tree.Node, scope: values.LazyScope, span: Span
) -> tuple[Segment, ...]:
    """Return the segments of `node` as a part of a string."""
    external = interpreter.external
    try:
        text = interpolate(interpreter, _not_external(interpreter.evaluate(node, scope)), span)
    except values.UnknownValueError as error:
        if external is None:
            raise
        return (external.placeholder(error.unknown, span),)
    return text.segments if external is None else external.embedded(text, span).segments


def _not_external(value: values.Value) -> values.Value:
    """Return `value`; raises the error for one from outside the project."""
    if isinstance(value, values.ExternalValue):
        raise_unknown(value.reason, value.span)
    return value


def concatenated_string(
    interpreter: values.Interpreter,
    left: values.String | values.ExternalValue,
    node: tree.Binary,
    scope: values.LazyScope,
) -> values.Value:
    """Return `left + right`, a string."""
    right = _segments_of(interpreter, node.right, scope, node.right.span)
    if isinstance(left, values.String):
        first = left.traced.segments
    elif interpreter.external is not None and isinstance(node.right, tree.Str):
        unknown = values.UnknownValue(left.reason, left.span)
        first = (interpreter.external.placeholder(unknown, node.left.span),)
    else:
        raise_unknown(left.reason, node.span)
    return values.String(join_within_limit(interpreter, [*first, *right], node.span), node.span)


def key_name(interpreter: values.Interpreter, key: tree.Key, scope: values.LazyScope) -> str:
    """Return the name of one part of an attribute path."""
    if key.name is not None:
        return key.name
    if key.node is None:
        return raise_unknown("this name is not supported", key.span)
    value = _not_external(interpreter.evaluate(key.node, scope))
    if not isinstance(value, values.String):
        return raise_eval_error(f"{kind_of(value)} cannot name an attribute", key.span)
    return value.traced.text


def dynamic_name(
    interpreter: values.Interpreter, definition: tree.DynamicDefinition, scope: values.LazyScope
) -> str | None:
    """Return the name of a computed attribute; None where it is null, for no attribute."""
    try:
        key = _not_external(interpreter.evaluate(definition.key, scope))
    except values.UnknownValueError as error:
        if interpreter.external is None:
            raise
        return interpreter.external.placeholder(error.unknown, definition.name_span).text
    if isinstance(key, values.Null):
        return None
    if not isinstance(key, values.String):
        raise_eval_error(f"{kind_of(key)} cannot name an attribute", definition.name_span)
    return key.traced.text
