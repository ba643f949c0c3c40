"""Visit of names and selections, such as `ports.databases.redis`."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.calls import call_of
from port_registry.sources.nix.collector import DEEPEST, Collector, chain_of
from port_registry.sources.nix.file_imports import visit_file_import
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, IntValue
from port_registry.sources.nix.scopes import ArgumentSet, LocalExpression
from port_registry.sources.nix.visit_context import VisitContext


def visit_name(
    collector: Collector, node: tree.VarNode | tree.Select, context: VisitContext
) -> None:
    """Visit a name or a selection."""
    found = collector.resolver.meaning(node, context.scope)
    if context.mode.takes_references:
        chain = chain_of(found)
        if isinstance(found, ArgumentSet):
            chain = Chain(AliasOrigin.ARGUMENT, found.name, ())
        _note(collector, node, chain, context)
    if context.mode.takes_definitions and not (
        isinstance(found, LocalExpression) and _replace(collector, node, found, context)
    ):
        collector.add_named_value(node, found, context)


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
