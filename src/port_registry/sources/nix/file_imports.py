"""Calls that read another file, and the arguments that they pass it."""

from port_registry.languages.nix import tree
from port_registry.sources.nix.calls import FunctionCall
from port_registry.sources.nix.collector import Collector, chain_of
from port_registry.sources.nix.module_facts import PassedArgument, PathKind
from port_registry.sources.nix.name_resolver import ResolvedChain
from port_registry.sources.nix.scopes import LocalExpression, NameScope
from port_registry.sources.nix.visit_context import ParentKind, VisitContext


def visit_file_import(
    collector: Collector, read: ResolvedChain, call: FunctionCall, context: VisitContext
) -> None:
    """Visit a call that reads a file, without its further arguments."""
    collector.facts.add_path(read.target, PathKind.IMPORT, context, read.node.span)
    below = context.without_value()._replace(guards=())
    for argument in call.arguments:
        if argument.span.start <= read.node.span.start < argument.span.end:
            continue
        given = collector.resolver.meaning(argument, context.scope)
        if isinstance(given, LocalExpression) and isinstance(given.node, tree.Set):
            _hand(collector, read.target, given.node, given.scope)
        held = ParentKind.ARGUMENT if isinstance(argument, tree.Set) else ParentKind.NOTHING
        collector.push(argument, below._replace(parent=held))


def _hand(collector: Collector, target: str, node: tree.Set, scope: NameScope) -> None:
    inner = NameScope(scope, node.definitions) if node.recursive else scope
    for name, definition in node.definitions.items():
        place = scope if definition.inherited else inner
        chain = chain_of(collector.resolver.meaning(definition.node, place))
        if chain is not None:
            collector.facts.passed_arguments[PassedArgument(target, name, chain)] = None
