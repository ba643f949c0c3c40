"""Values of attributes, as far as they are known without evaluation."""

from port_registry.facts.words import word_list, word_set
from port_registry.languages.nix import tree
from port_registry.sources.nix.calls import LAST, call_of
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    BoolValue,
    Chain,
    IntValue,
    Items,
    Link,
    Opaque,
    StringValue,
    Value,
)
from port_registry.sources.nix.name_resolver import (
    NameResolver,
    chain_names_ports,
    path_names_ports,
)
from port_registry.sources.nix.scopes import ArgumentSet, LocalExpression, Meaning, NameScope

_DEEPEST = 8
"""The greatest depth of lists in lists."""
_LONGEST_TEXT = 300
_MOST_ITEMS = 500
_FLAGS = {"true": True, "false": False}

_SERVING = word_set("nixos", "serving-settings")
"""First parts of the paths of options that configure services."""

_KEPT = word_set("flakes", "kept-settings")
"""Parts of paths whose values are always kept."""

_IDLE = word_set("nixos", "idle-settings")
"""Parts of paths that configure no service."""

_PACKAGES = word_list("nixos", "packages-of-settings")
"""Endings of the names of attributes that contain packages."""


def value_of(node: tree.Node, scope: NameScope, resolver: NameResolver, depth: int = 0) -> Value:
    """Return `node` as a value."""
    if isinstance(node, tree.IntLiteral):
        return IntValue(node.value, node.span)
    if isinstance(node, tree.Str):
        return _text(node, scope, resolver)
    if isinstance(node, tree.Apply):
        call = call_of(node)
        if depth < _DEEPEST and LAST.get(call.name) == len(call.arguments):
            return value_of(call.arguments[-1], scope, resolver, depth + 1)
    if isinstance(node, (tree.VarNode, tree.Select, tree.Apply)):
        return value_of_name(node, resolver.meaning(node, scope), resolver, depth)
    if isinstance(node, tree.ListLiteral):
        return _items(node, scope, resolver, depth)
    return Opaque(node.span)


def value_of_name(node: tree.Node, found: Meaning, resolver: NameResolver, depth: int = 0) -> Value:
    """Return `node`, which means `found`, as a value."""
    if isinstance(found, Chain):
        if found.origin is AliasOrigin.NOWHERE and not found.path and found.root in _FLAGS:
            return BoolValue(_FLAGS[found.root], node.span)
        return Link(found, node.span)
    if isinstance(found, ArgumentSet):
        return Link(Chain(AliasOrigin.ARGUMENT, found.name, ()), node.span)
    if depth < _DEEPEST and isinstance(found.node, (tree.IntLiteral, tree.Str, tree.ListLiteral)):
        return value_of(found.node, found.scope, resolver, depth + 1)
    if found.chain is not None:
        return Link(found.chain, node.span)
    return Opaque(node.span)


def _text(node: tree.Str, scope: NameScope, resolver: NameResolver) -> StringValue:
    parts: list[str | Chain | None] = []
    for part in node.parts:
        if isinstance(part, tree.TextPart):
            parts.append(part.traced.text)
        else:
            parts.append(_piece(part.node, scope, resolver))
    return StringValue(tuple(parts), node.span)


def _piece(node: tree.Node, scope: NameScope, resolver: NameResolver) -> str | Chain | None:
    """Return the part that `${node}` adds to a text."""
    found = resolver.meaning(node, scope)
    if isinstance(found, Chain):
        return found
    if isinstance(found, LocalExpression):
        text = resolver.step(found.node, found.scope)
        return found.chain if text is None else text
    return None


def _items(node: tree.ListLiteral, scope: NameScope, resolver: NameResolver, depth: int) -> Items:
    kept: list[Value] = []
    if depth < _DEEPEST:
        for item in node.items[:_MOST_ITEMS]:
            value = value_of(item, scope, resolver, depth + 1)
            if isinstance(value, StringValue) and not _is_short(value):
                continue
            if not isinstance(value, Opaque) and not _is_package(value):
                kept.append(value)
    return Items(tuple(kept), len(kept) == len(node.items), node.span)


def matters(setting: AttrPath, value: Value) -> bool:
    """Return whether the definition of `setting` by `value` can matter to ports."""
    if not _KEPT.isdisjoint(setting) or path_names_ports(setting):
        return True
    if not _IDLE.isdisjoint(setting[:6]):
        return isinstance(value, Link) and chain_names_ports(value.chain)
    if any(step is not None and step.endswith(_PACKAGES) for step in setting):
        return False
    if isinstance(value, BoolValue):
        return True
    if setting[0] in ("programs", "systemd") and "sockets" not in setting:
        return isinstance(value, Link) and chain_names_ports(value.chain)
    if isinstance(value, StringValue):
        return _is_short(value)
    if _is_package(value):
        return False
    if isinstance(value, Items) and not value.items and not value.complete:
        return not _SERVING.isdisjoint(setting[:4])
    return not isinstance(value, Opaque) or not _SERVING.isdisjoint(setting[:4])


def _is_short(text: StringValue) -> bool:
    return sum(len(part) for part in text.parts if isinstance(part, str)) <= _LONGEST_TEXT


def _is_package(value: Value) -> bool:
    """Return whether `value` is surely a package, a library's function or the like."""
    if not isinstance(value, Link):
        return False
    chain = value.chain
    if chain.origin is AliasOrigin.FILE:
        return False
    return (chain.origin is AliasOrigin.NOWHERE or chain.root == "pkgs") and not chain_names_ports(
        chain
    )
