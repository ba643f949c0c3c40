"""Merging of attribute sets during parsing (`addAttr` in Nix's parser)."""

from port_registry.languages.nix.tree import (
    AttrDefinition,
    DynamicDefinition,
    Key,
    Node,
    Select,
    Set,
    VarNode,
)
from port_registry.model import DuplicateDefinition, NamedTuple, Span


class Bind(NamedTuple):
    """`path = node;`."""

    path: tuple[Key, ...]
    node: Node
    span: Span


def add_inherit(
    target: Set,
    subject: Node | None,
    names: list[VarNode],
    span: Span,
    duplicates: list[DuplicateDefinition],
) -> None:
    """Add `inherit names;` or `inherit (subject) names;`, which is at `span`, to `target`."""
    for name in names:
        node: Node = name
        if subject is not None:
            node = Select(subject, (Key(name.name, None, name.span),), None, name.span)
        earlier = target.definitions.get(name.name)
        if earlier is not None:
            duplicates.append(DuplicateDefinition((name.name,), name.span, earlier.name_span))
            continue
        target.definitions[name.name] = AttrDefinition(
            name.name, name.span, span, node, subject is None
        )


def add_bind(target: Set, binding: Bind, duplicates: list[DuplicateDefinition]) -> None:
    """Add `a.b.c = node;` to `target`, creating the sets in between where needed."""
    names: list[str] = []
    for key in binding.path[:-1]:
        names.append(key.name or "")
        nested = _descend(target, key, binding, names, duplicates)
        if nested is None:
            return
        target = nested
    key = binding.path[-1]
    if key.name is None:
        if key.node is not None:
            target.dynamic.append(DynamicDefinition(key.node, key.span, binding.span, binding.node))
        return
    names.append(key.name)
    earlier = target.definitions.get(key.name)
    if earlier is None:
        target.definitions[key.name] = AttrDefinition(
            key.name, key.span, binding.span, binding.node, inherited=False
        )
    elif isinstance(earlier.node, Set) and isinstance(binding.node, Set):
        _merge(earlier.node, binding.node, names, duplicates)
    else:
        duplicates.append(DuplicateDefinition(tuple(names), key.span, earlier.name_span))


def _descend(
    target: Set, key: Key, binding: Bind, names: list[str], duplicates: list[DuplicateDefinition]
) -> Set | None:
    """Return the set `key` of `target`; None, with a duplicate, if it is not a set."""
    span = Span(binding.span.path, key.span.start, binding.span.end)
    if key.name is None:
        nested = Set({}, [], recursive=False, span=span)
        if key.node is not None:
            target.dynamic.append(DynamicDefinition(key.node, key.span, binding.span, nested))
        return nested
    earlier = target.definitions.get(key.name)
    if earlier is None:
        nested = Set({}, [], recursive=False, span=span)
        target.definitions[key.name] = AttrDefinition(
            key.name, key.span, binding.span, nested, inherited=False
        )
        return nested
    if isinstance(earlier.node, Set) and not earlier.inherited:
        return earlier.node
    duplicates.append(DuplicateDefinition(tuple(names), key.span, earlier.name_span))
    return None


def _merge(
    target: Set, other: Set, names: list[str], duplicates: list[DuplicateDefinition]
) -> None:
    """Add the definitions of `other` to `target`; a name in both is a duplicate."""
    for name, definition in other.definitions.items():
        earlier = target.definitions.get(name)
        if earlier is not None:
            duplicates.append(
                DuplicateDefinition((*names, name), definition.name_span, earlier.name_span)
            )
        else:
            target.definitions[name] = definition
    target.dynamic.extend(other.dynamic)
