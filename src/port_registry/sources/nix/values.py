"""What stands behind an attribute, as a value."""

from port_registry.facts.words import word_list, word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.calls import LAST, call_of
from port_registry.sources.nix.name_resolver import Follower, any_speaks, path_speaks
from port_registry.sources.nix.scopes import Local, Meaning, NameScope, WholeSet

_DEEPEST = 8
"""How deep lists in lists are looked into."""
_LONGEST_TEXT = 300
_MOST_ITEMS = 500
_FLAGS = {"true": True, "false": False}

_SERVING = word_set("nixos", "serving-settings")
"""First parts of the settings by which services are set up."""

_KEPT = word_set("flakes", "kept-settings")
"""Parts of settings whose values are always kept."""

_IDLE = word_set("nixos", "idle-settings")
"""Parts of settings that no service is set up by."""

_PACKAGES = word_list("nixos", "packages-of-settings")
"""How attributes are called that hold packages."""


def value_of(
    node: Node, scope: NameScope, follower: Follower, depth: int = 0
) -> module_facts.Value:
    """Return `node` as a value."""
    if isinstance(node, tree.IntLiteral):
        return module_facts.IntValue(node.value, node.span)
    if isinstance(node, tree.Str):
        return _text(node, scope, follower)
    if isinstance(node, tree.Apply):
        call = call_of(node)
        if depth < _DEEPEST and LAST.get(call.name) == len(call.arguments):
            return value_of(call.arguments[-1], scope, follower, depth + 1)
    if isinstance(node, (tree.VarNode, tree.Select, tree.Apply)):
        return value_of_name(node, follower.meaning(node, scope), follower, depth)
    if isinstance(node, tree.ListLiteral):
        return _items(node, scope, follower, depth)
    return module_facts.Opaque(node.span)


def value_of_name(
    node: Node, found: Meaning, follower: Follower, depth: int = 0
) -> module_facts.Value:
    """Return `node`, which comes down to `found`, as a value."""
    if isinstance(found, module_facts.Chain):
        if (
            found.origin is module_facts.AliasOrigin.NOWHERE
            and not found.path
            and found.root in _FLAGS
        ):
            return module_facts.BoolValue(_FLAGS[found.root], node.span)
        return module_facts.Link(found, node.span)
    if isinstance(found, WholeSet):
        return module_facts.Link(
            module_facts.Chain(module_facts.AliasOrigin.ARGUMENT, found.name, ()), node.span
        )
    if depth < _DEEPEST and isinstance(found.node, (tree.IntLiteral, tree.Str, tree.ListLiteral)):
        return value_of(found.node, found.scope, follower, depth + 1)
    if found.way is not None:
        return module_facts.Link(found.way, node.span)
    return module_facts.Opaque(node.span)


def _text(node: tree.Str, scope: NameScope, follower: Follower) -> module_facts.StringValue:
    parts: list[str | module_facts.Chain | None] = []
    for part in node.parts:
        if isinstance(part, tree.TextPart):
            parts.append(part.traced.text)
        else:
            parts.append(_piece(part.node, scope, follower))
    return module_facts.StringValue(tuple(parts), node.span)


def _piece(node: Node, scope: NameScope, follower: Follower) -> str | module_facts.Chain | None:
    """Return what `${node}` puts into a text."""
    found = follower.meaning(node, scope)
    if isinstance(found, module_facts.Chain):
        return found
    if isinstance(found, Local):
        text = follower.text(found.node, found.scope)
        if "*" not in text:
            return text
        return found.way
    return None


def _items(
    node: tree.ListLiteral, scope: NameScope, follower: Follower, depth: int
) -> module_facts.Items:
    kept: list[module_facts.Value] = []
    if depth < _DEEPEST:
        for item in node.items[:_MOST_ITEMS]:
            value = value_of(item, scope, follower, depth + 1)
            if isinstance(value, module_facts.StringValue) and not _is_short(value):
                continue
            if not isinstance(value, module_facts.Opaque) and not _is_package(value):
                kept.append(value)
    return module_facts.Items(tuple(kept), len(kept) == len(node.items), node.span)


def matters(setting: module_facts.AttrPath, value: module_facts.Value) -> bool:
    """Return whether that `setting` is given `value` can matter to ports."""
    if not _KEPT.isdisjoint(setting) or path_speaks(setting):
        return True
    if not _IDLE.isdisjoint(setting[:6]):
        return isinstance(value, module_facts.Link) and any_speaks(value.chain)
    if any(step is not None and step.endswith(_PACKAGES) for step in setting):
        return False
    if isinstance(value, module_facts.BoolValue):
        return True
    if setting[0] in ("programs", "systemd") and "sockets" not in setting:
        return isinstance(value, module_facts.Link) and any_speaks(value.chain)
    if isinstance(value, module_facts.StringValue):
        return _is_short(value)
    if _is_package(value):
        return False
    if isinstance(value, module_facts.Items) and not value.items and not value.whole:
        return not _SERVING.isdisjoint(setting[:4])
    return not isinstance(value, module_facts.Opaque) or not _SERVING.isdisjoint(setting[:4])


def _is_short(text: module_facts.StringValue) -> bool:
    return sum(len(part) for part in text.parts if isinstance(part, str)) <= _LONGEST_TEXT


def _is_package(value: module_facts.Value) -> bool:
    """Return whether `value` is surely a package, a library's function or the like."""
    if not isinstance(value, module_facts.Link):
        return False
    chain = value.chain
    if chain.origin is module_facts.AliasOrigin.FILE:
        return False
    return (
        chain.origin is module_facts.AliasOrigin.NOWHERE or chain.root == "pkgs"
    ) and not any_speaks(chain)
