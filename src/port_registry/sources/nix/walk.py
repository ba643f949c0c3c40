"""Visit of the tree of a file, without recursion."""

from port_registry.facts.words import word_list
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.calls import call_of
from port_registry.sources.nix.collector import DEEPEST, Collector
from port_registry.sources.nix.conditions import guards_of
from port_registry.sources.nix.literals.integers import read_integer
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.strings import read_string
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, IntValue
from port_registry.sources.nix.scopes import ArgumentSet, LocalExpression, NameScope
from port_registry.sources.nix.values import value_of_name
from port_registry.sources.nix.visit_calls import visit_call, visit_file_import, visit_update
from port_registry.sources.nix.visit_context import ParentKind, VisitContext
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
        _name(collector, node, context)
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
        collector.literals.extend(
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


def _name(collector: Collector, node: tree.VarNode | tree.Select, context: VisitContext) -> None:
    """Visit a name or a selection."""
    found = collector.resolver.meaning(node, context.scope)
    if context.mode.takes_references:
        chain = found if isinstance(found, Chain) else None
        if isinstance(found, ArgumentSet):
            chain = Chain(AliasOrigin.ARGUMENT, found.name, ())
        _note(collector, node, chain, context)
    if not context.mode.takes_definitions:
        return
    is_known = isinstance(found, LocalExpression) and _replace(collector, node, found, context)
    if not is_known and context.attribute is not None:
        collector.add_definition(value_of_name(node, found, collector.resolver), context)


def _replace(
    collector: Collector, node: Node, found: LocalExpression, context: VisitContext
) -> bool:
    """Visit the value of a name of this file; return whether it is known."""
    deepest = DEEPEST if context.attribute is not None else 2
    if context.mode.replacements >= deepest or isinstance(found.node, (tree.VarNode, tree.Select)):
        return False
    if found.node.span == node.span:
        return False
    collector.push(found.node, context.for_replacement(found.scope))
    return True


def _note(
    collector: Collector,
    node: tree.VarNode | tree.Select,
    chain: Chain | None,
    context: VisitContext,
) -> None:
    """Add the reference to `chain`, and visit the other parts of `node`."""
    if isinstance(node, tree.VarNode):
        if chain is not None:
            collector.add_reference(chain, node, None, context)
        return
    fallback = None
    if isinstance(node.default, tree.IntLiteral):
        fallback = IntValue(node.default.value, node.default.span)
    if chain is not None:
        collector.add_reference(chain, node, fallback, context)
    if node.default is not None and (chain is None or fallback is None):
        collector.push(node.default, context.without_value())
    for key in node.path:
        if key.name is None and key.node is not None:
            collector.push(key.node, context.without_value())
    _look_at_subject(collector, node.subject, chain, context)


def _look_at_subject(
    collector: Collector, subject: Node, chain: Chain | None, context: VisitContext
) -> None:
    """Visit the subject of a selection, of which `chain` is known."""
    while isinstance(subject, tree.Select) and chain is not None:
        for key in subject.path:
            if key.name is None and key.node is not None:
                collector.push(key.node, context.without_value())
        subject = subject.subject
    if isinstance(subject, tree.VarNode) or subject.span in collector.selected_from:
        return
    collector.selected_from.add(subject.span)
    if isinstance(subject, tree.Apply) and chain is not None:
        call = call_of(subject)
        read = collector.resolver.reading(call, context.scope)
        if read is not None:
            visit_file_import(collector, read, call, context)
            return
    collector.push(subject, context.without_value())
