"""Calls around a reference."""

from collections.abc import Iterator

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import Span
from port_registry.sources.nix.calls import call_of
from port_registry.sources.nix.document import NixDocument, SelectionForm

_OVER_SETS = word_set("functions", "over-sets")
"""Functions that call another one with every name of a set."""

_NAMES = "attrNames"


def iterates_names(text: NixDocument, last: Span) -> bool:
    """Return whether the computed part of a reference is every existing name, in turn.

    `map (name: ports.${name}) (attrNames ports)` follows any name by itself. The reference is
    the one whose last attribute is at `last`.
    """
    way = text.selection_ending_at(last)
    return (
        way is not None
        and bool(way.computed)
        and all(_is_each_name(text, way, node) for node in way.computed)
    )


def _is_each_name(text: NixDocument, way: SelectionForm, name: Node) -> bool:
    function = text.function_of(name) if isinstance(name, tree.VarNode) else None
    around = None if function is None else text.call_around(function.span)
    if function is None or around is None:
        return False
    unit = next(one for one in way.units if one.start <= name.span.start < one.end)
    source = text.source.text
    subject = source[way.base.span.start : unit.start].rstrip().removesuffix(".").strip()
    call = call_of(around)
    if function.span not in (one.span for one in call.arguments[:1]):
        return False
    for argument in call.arguments[1:]:
        whole = argument
        if isinstance(argument, tree.Apply):
            inner = call_of(argument)
            if inner.name != _NAMES or len(inner.arguments) != 1:
                continue
            whole = inner.arguments[0]
        elif call.name not in _OVER_SETS:
            continue
        if text.source.slice(whole.span).strip() == subject:
            return True
    return False


def has_string_argument(text: NixDocument, span: Span, name: str) -> bool:
    """Return whether the call with an argument at `span` has the string `name` as well."""
    if f'"{name}"' not in text.source.text:
        return False
    call = text.call_around(span)
    return call is not None and name in _texts(call)


def _texts(call: tree.Apply) -> Iterator[str]:
    """Yield the plain strings in the arguments of `call`, and in their lists."""
    pending = list(call_of(call).arguments)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.ListLiteral):
            pending.extend(node.items)
        elif isinstance(node, tree.Str) and len(node.parts) == 1:
            part = node.parts[0]
            if isinstance(part, tree.TextPart):
                yield part.traced.text
