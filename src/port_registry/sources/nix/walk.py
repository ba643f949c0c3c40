"""Visit of the tree of a file, without recursion."""

from port_registry.facts.words import word_list
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.collector import Collector
from port_registry.sources.nix.conditions import guards_of
from port_registry.sources.nix.literals.integers import read_integer
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.strings import read_string
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_calls import visit_call, visit_update
from port_registry.sources.nix.visit_context import ParentKind, VisitContext
from port_registry.sources.nix.visit_names import visit_name
from port_registry.sources.nix.visit_sets import visit_function, visit_let, visit_set

_PACKAGES = word_list("nixos", "lists-of-packages")
"""Endings of the names of attributes that contain lists of packages."""


def walk(collector: Collector, root: Node, context: VisitContext) -> None:
    """Visit `root`, in `context`, and everything in it."""
    collector.push(root, context)
    while collector.pending:
        node, at = collector.pending.pop()
        _visit(collector, node, at)


def _visit(collector: Collector, node: Node, context: VisitContext) -> None:
    if isinstance(node, (tree.VarNode, tree.Select)):
        visit_name(collector, node, context)
    elif isinstance(node, tree.Set):
        visit_set(collector, node, context)
    elif isinstance(node, (tree.Str, tree.IntLiteral)):
        _leaf(collector, node, context)
    elif isinstance(node, tree.Apply):
        visit_call(collector, node, context)
    elif isinstance(node, tree.ListLiteral):
        _list(collector, node, context)
    elif isinstance(node, tree.LambdaExpression):
        visit_function(collector, node, context)
    elif isinstance(node, tree.Let):
        visit_let(collector, node, context)
    elif isinstance(node, tree.Binary):
        _binary(collector, node, context)
    else:
        _rest(collector, node, context)


def _rest(collector: Collector, node: Node, context: VisitContext) -> None:
    if isinstance(node, tree.With):
        collector.push(node.body, context.in_scope(NameScope(context.scope, subject=node.scope)))
        collector.push(node.scope, context.without_value()._replace(parent=ParentKind.NAME))
    elif isinstance(node, tree.If):
        collector.push(node.condition, context.without_value())
        for wanted, branch in ((True, node.yes), (False, node.no)):
            guards = guards_of(node.condition, context.scope, collector.resolver, wanted=wanted)
            collector.push(branch, context.with_guards(guards))
    elif isinstance(node, tree.Assert):
        collector.push(node.body, context)
        collector.push(node.condition, context.without_value())
    elif isinstance(node, tree.PathLiteral):
        collector.add_path(node, context)
        _holes(collector, node, context)
    elif isinstance(node, tree.HasAttr):
        collector.add_opaque(node, context)
        if not isinstance(node.subject, (tree.VarNode, tree.Select)):
            collector.push(node.subject, context.without_value())
    elif isinstance(node, tree.Unary):
        collector.add_opaque(node, context)
        collector.push(node.operand, context.without_value())


def _leaf(collector: Collector, node: tree.IntLiteral | tree.Str, context: VisitContext) -> None:
    if context.mode.takes_references and context.setting:
        site = LiteralSite(
            node, context.setting, context.owner, context.mode.in_default, context.guards
        )
        collector.facts.literals.extend(
            read_string(site, node) if isinstance(node, tree.Str) else read_integer(site, node)
        )
    collector.add_value(node, context)
    if isinstance(node, tree.Str):
        if node.parts and isinstance(node.parts[0], tree.Interpolation):
            collector.add_path(node, context)
        _holes(collector, node, context)


def _holes(collector: Collector, node: tree.Str | tree.PathLiteral, context: VisitContext) -> None:
    """Visit the interpolations of a string or path."""
    if not context.mode.takes_references:
        return
    inside: VisitContext | None = None
    for part in node.parts:
        if isinstance(part, tree.Interpolation):
            inside = inside or context.without_value()._replace(parent=ParentKind.STRING)
            collector.push(part.node, inside)


def _list(collector: Collector, node: tree.ListLiteral, context: VisitContext) -> None:
    last = context.setting[-1] if context.setting else None
    if last is None or not last.endswith(_PACKAGES):
        collector.add_value(node, context)
    inner = context.for_item()
    for item in node.items:
        collector.push(item, inner)


def _binary(collector: Collector, node: tree.Binary, context: VisitContext) -> None:
    if node.operator in ("//", "++"):
        visit_update(collector, node, context)
    elif node.operator != "+" or not collector.add_path(node, context):
        collector.add_opaque(node, context)
        below = context.for_part()
        collector.push(node.left, below)
        collector.push(node.right, below)
