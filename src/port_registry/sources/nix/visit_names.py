"""Uses of names: what a walk takes down of `ports.databases.redis`."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.calls import call_of
from port_registry.sources.nix.collector import DEEPEST, Collector, chain_of
from port_registry.sources.nix.file_imports import look_at_reading
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, IntValue
from port_registry.sources.nix.scopes import Local, WholeSet
from port_registry.sources.nix.visit_context import VisitContext


def look_at_name(desk: Collector, node: tree.VarNode | tree.Select, spot: VisitContext) -> None:
    """Look at a name or a selection."""
    found = desk.follower.meaning(node, spot.scope)
    if spot.manner.notes:
        chain = chain_of(found)
        if isinstance(found, WholeSet):
            chain = Chain(AliasOrigin.ARGUMENT, found.name, ())
        _note(desk, node, chain, spot)
    if spot.manner.says and not (isinstance(found, Local) and _replace(desk, node, found, spot)):
        desk.named(node, found, spot)


def _replace(desk: Collector, node: Node, found: Local, spot: VisitContext) -> bool:
    """Go on with what a name of this file stands for; False where that is not known."""
    deepest = DEEPEST if spot.attribute is not None else 2
    if spot.manner.depth >= deepest or isinstance(found.node, (tree.VarNode, tree.Select)):
        return False
    if found.node.span == node.span:
        return False
    desk.push(found.node, spot.replaced(found.scope))
    return True


def _note(
    desk: Collector, node: tree.VarNode | tree.Select, chain: Chain | None, spot: VisitContext
) -> None:
    """Take down the use of `chain`, and look at what else is written in `node`."""
    if isinstance(node, tree.VarNode):
        if chain is not None:
            desk.refer(chain, node, None, spot)
        return
    fallback = None
    if isinstance(node.default, tree.IntLiteral):
        fallback = IntValue(node.default.value, node.default.span)
    if chain is not None:
        desk.refer(chain, node, fallback, spot)
    if node.default is not None and (chain is None or fallback is None):
        desk.push(node.default, spot.aside())
    for key in node.path:
        if key.name is None and key.node is not None:
            desk.push(key.node, spot.aside())
    _look_at_subject(desk, node.subject, chain, spot)


def _look_at_subject(
    desk: Collector, subject: Node, chain: Chain | None, spot: VisitContext
) -> None:
    """Look at what is selected from, of which `chain` is known."""
    while isinstance(subject, tree.Select) and chain is not None:
        for key in subject.path:
            if key.name is None and key.node is not None:
                desk.push(key.node, spot.aside())
        subject = subject.subject
    if isinstance(subject, tree.VarNode) or subject.span in desk.opened:
        return
    desk.opened.add(subject.span)
    if isinstance(subject, tree.Apply) and chain is not None:
        call = call_of(subject)
        read = desk.follower.reading(call, spot.scope)
        if read is not None:
            look_at_reading(desk, read, call, spot)
            return
    desk.push(subject, spot.aside())
