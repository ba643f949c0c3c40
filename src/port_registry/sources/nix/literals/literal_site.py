"""Site of a literal, and the expressions from its attribute to it."""

from bisect import bisect_right

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.model import NamedTuple, Span
from port_registry.sources.nix.calls import CONDITIONS, PRIORITIES, name_of
from port_registry.sources.nix.module_facts import AttrPath, Guard

_MAX_DEPTH = 64
"""The maximum depth of a literal in a value."""
_TRANSPARENT_FUNCTIONS = word_set("functions", "passing").union(PRIORITIES, CONDITIONS)
"""Functions whose last argument is their result, or part of it."""


class LiteralSite(NamedTuple):
    """An integer or a string, with its attribute path, siblings and conditions."""

    node: tree.IntLiteral | tree.Str
    setting: AttrPath
    """The attribute path; for an item of a list, that of the list."""
    owner: tree.Set | None
    """The set that contains the attribute, for its siblings (`address`, `from` and `to`)."""
    declared: bool
    """Whether it is in the `default` of a declared option."""
    guards: tuple[Guard, ...]

    @property
    def label(self) -> str:
        """The attribute of which it is the value; empty where its name is computed."""
        return (self.setting[-1] or "") if self.setting else ""


def value_path(site: LiteralSite) -> list[tree.Node] | None:
    """Return the expressions between the attribute and the literal, the outermost first.

    None where the literal is part of a calculation, a condition, or an argument of a function
    that is not known; empty where the attribute is not found.
    """
    span = site.node.span
    definition = None if site.owner is None else site.owner.definitions.get(site.label)
    if definition is None or not _covers(definition.node, span):
        return []
    node = definition.node
    path: list[tree.Node] = []
    while node is not site.node and node.span != span:
        path.append(node)
        part = _part_with(node, span)
        if part is None or len(path) > _MAX_DEPTH:
            return None
        node = part
    return path


def _covers(node: tree.Node, span: Span) -> bool:
    return node.span.start <= span.start and span.end <= node.span.end


def _part_with(node: tree.Node, span: Span) -> tree.Node | None:
    """Return the part of `node` that covers `span`, if it may be the value of `node`."""
    if isinstance(node, tree.ListLiteral):
        index = item_index(node, span)
        return None if index is None else node.items[index]
    return next((part for part in _value_parts(node) if _covers(part, span)), None)


def _value_parts(node: tree.Node) -> tuple[tree.Node, ...]:
    """Return the parts of `node` that may be its value, or interpolated in it."""
    if isinstance(node, tree.Str):
        return tree.child_nodes(node)
    if isinstance(node, tree.Apply):
        return (node.argument,) if called_name(node) in _TRANSPARENT_FUNCTIONS else ()
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


def item_index(items: tree.ListLiteral, span: Span) -> int | None:
    """Return the index of the item of a list that covers `span`."""
    index = bisect_right(items.items, span.start, key=lambda item: item.span.start) - 1
    return index if index >= 0 and _covers(items.items[index], span) else None


def called_name(node: tree.Apply) -> str:
    """Return the name of the function that is called, without the path to it."""
    head: tree.Node = node.function
    for _ in range(_MAX_DEPTH):
        if not isinstance(head, tree.Apply):
            break
        head = head.function
    return name_of(head)
