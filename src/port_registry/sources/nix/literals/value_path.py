"""From an attribute down to a number in its value."""

from bisect import bisect_right

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import Span
from port_registry.sources.nix.calls import CONDITIONS, PRIORITIES
from port_registry.sources.nix.literals.literal_site import LiteralSite

_DEEPEST = 64
"""What lies deeper in a value is not looked at."""
_PASSING = word_set("functions", "passing").union(PRIORITIES, CONDITIONS)
"""Functions whose last argument is their value, or part of it."""


def way_to(leaf: LiteralSite) -> list[Node] | None:
    """Return the expressions between the attribute and `leaf`, the outermost first.

    None where `leaf` is part of a calculation, a condition, or an argument of a function
    that is not known; empty where the attribute is not found.
    """
    node = _value(leaf)
    if node is None:
        return []
    span = leaf.node.span
    way: list[Node] = []
    while node is not leaf.node and node.span != span:
        way.append(node)
        below = _below(node, span)
        if below is None or len(way) > _DEEPEST:
            return None
        node = below
    return way


def _value(leaf: LiteralSite) -> Node | None:
    """Return the value of the attribute that holds `leaf`."""
    if leaf.owner is None:
        return None
    found = leaf.owner.definitions.get(leaf.label)
    if found is None or not _covers(found.node, leaf.node.span):
        return None
    return found.node


def _covers(node: Node, span: Span) -> bool:
    return node.span.start <= span.start and span.end <= node.span.end


def _below(node: Node, span: Span) -> Node | None:
    """Return the part of `node` that covers `span`, if it stands for the value of `node`."""
    if isinstance(node, tree.ListLiteral):
        return _item(node, span)
    if isinstance(node, tree.Str):
        holes = [part.node for part in node.parts if isinstance(part, tree.Interpolation)]
        return next((hole for hole in holes if _covers(hole, span)), None)
    return next((part for part in _parts(node) if _covers(part, span)), None)


def _parts(node: Node) -> tuple[Node, ...]:
    """Return the parts of `node` that may stand for its value."""
    if isinstance(node, tree.Apply):
        return (node.argument,) if name_of_call(node) in _PASSING else ()
    if isinstance(node, tree.Binary):
        return (node.left, node.right) if node.operator in ("++", "//", "+") else ()
    if isinstance(node, tree.If):
        return (node.yes, node.no)
    if isinstance(node, (tree.Let, tree.With, tree.Assert, tree.LambdaExpression)):
        return (node.body,)
    if isinstance(node, tree.Set):
        default = node.definitions.get("default")
        return () if default is None else (default.node,)
    if isinstance(node, tree.Select):
        return () if node.default is None else (node.default,)
    return ()


def _item(node: tree.ListLiteral, span: Span) -> Node | None:
    at = item_at(node, span)
    return None if at is None else node.items[at]


def item_at(items: tree.ListLiteral, span: Span) -> int | None:
    """Return which item of a list covers `span`."""
    at = bisect_right(items.items, span.start, key=lambda item: item.span.start) - 1
    return at if at >= 0 and _covers(items.items[at], span) else None


def name_of_call(node: tree.Apply) -> str:
    """Return the name of the function that is called, without the path to it."""
    head: Node = node.function
    for _ in range(_DEEPEST):
        if not isinstance(head, tree.Apply):
            break
        head = head.function
    if isinstance(head, tree.Select):
        return head.path[-1].name or ""
    return head.name if isinstance(head, tree.VarNode) else ""
