"""Calls that read another file, and what they hand it."""

from port_registry.languages.nix import tree
from port_registry.sources.nix.calls import FunctionCall
from port_registry.sources.nix.collector import Collector, chain_of
from port_registry.sources.nix.module_facts import PassedArgument, PathKind
from port_registry.sources.nix.name_resolver import ResolvedChain
from port_registry.sources.nix.scopes import Local, NameScope
from port_registry.sources.nix.visit_context import ParentKind, VisitContext


def look_at_reading(
    desk: Collector, read: ResolvedChain, call: FunctionCall, spot: VisitContext
) -> None:
    """Look at a call that reads a file, but not at what is made of the file."""
    desk.taken.path(read.target, PathKind.IMPORT, spot, read.node.span)
    below = spot.aside()._replace(guards=())
    for argument in call.arguments:
        if argument.span.start <= read.node.span.start < argument.span.end:
            continue
        given = desk.follower.meaning(argument, spot.scope)
        if isinstance(given, Local) and isinstance(given.node, tree.Set):
            _hand(desk, read.target, given.node, given.scope)
        held = ParentKind.ARGUMENT if isinstance(argument, tree.Set) else ParentKind.NOTHING
        desk.push(argument, below._replace(holder=held))


def _hand(desk: Collector, target: str, node: tree.Set, scope: NameScope) -> None:
    inner = NameScope(scope, node.definitions) if node.recursive else scope
    for name, definition in node.definitions.items():
        place = scope if definition.inherited else inner
        chain = chain_of(desk.follower.meaning(definition.node, place))
        if chain is not None:
            desk.taken.handed[PassedArgument(target, name, chain)] = None
