"""Calls that read another file, and what they hand it."""

from port_registry.languages.nix import tree
from port_registry.sources.nix.calls import Call
from port_registry.sources.nix.collector import Desk, chain_of
from port_registry.sources.nix.module_facts import Handed, Kind
from port_registry.sources.nix.name_resolver import Reading
from port_registry.sources.nix.scopes import Local, Scope
from port_registry.sources.nix.visit_context import Holder, Spot


def look_at_reading(desk: Desk, read: Reading, call: Call, spot: Spot) -> None:
    """Look at a call that reads a file, but not at what is made of the file."""
    desk.taken.path(read.target, Kind.IMPORT, spot, read.node.span)
    below = spot.aside()._replace(guards=())
    for argument in call.arguments:
        if argument.span.start <= read.node.span.start < argument.span.end:
            continue
        given = desk.follower.meaning(argument, spot.scope)
        if isinstance(given, Local) and isinstance(given.node, tree.Set):
            _hand(desk, read.target, given.node, given.scope)
        held = Holder.ARGUMENT if isinstance(argument, tree.Set) else Holder.NOTHING
        desk.push(argument, below._replace(holder=held))


def _hand(desk: Desk, target: str, node: tree.Set, scope: Scope) -> None:
    inner = Scope(scope, node.definitions) if node.recursive else scope
    for name, definition in node.definitions.items():
        place = scope if definition.inherited else inner
        chain = chain_of(desk.follower.meaning(definition.node, place))
        if chain is not None:
            desk.taken.handed[Handed(target, name, chain)] = None
