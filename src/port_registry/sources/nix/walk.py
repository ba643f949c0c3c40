"""One walk over the tree of a file, without recursion."""

from port_registry.facts.words import word_list
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.collector import Collector
from port_registry.sources.nix.conditions import guards_of
from port_registry.sources.nix.literals import LiteralSite, literals_in
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_calls import look_at_call, look_at_update
from port_registry.sources.nix.visit_context import ParentKind, VisitContext
from port_registry.sources.nix.visit_names import look_at_name
from port_registry.sources.nix.visit_sets import look_at_function, look_at_let, look_at_set

_PACKAGES = word_list("nixos", "lists-of-packages")
"""How the names of attributes end that hold lists of packages."""


def walk(desk: Collector, root: Node, spot: VisitContext) -> None:
    """Look at `root`, which stands at `spot`, and at everything in it."""
    desk.push(root, spot)
    while desk.pending:
        node, at = desk.pending.pop()
        _visit(desk, node, at)


def _visit(desk: Collector, node: Node, spot: VisitContext) -> None:
    if isinstance(node, (tree.VarNode, tree.Select)):
        look_at_name(desk, node, spot)
    elif isinstance(node, tree.Set):
        look_at_set(desk, node, spot)
    elif isinstance(node, (tree.Str, tree.IntLiteral)):
        _leaf(desk, node, spot)
    elif isinstance(node, tree.Apply):
        look_at_call(desk, node, spot)
    elif isinstance(node, tree.ListLiteral):
        _list(desk, node, spot)
    elif isinstance(node, tree.LambdaExpression):
        look_at_function(desk, node, spot)
    elif isinstance(node, tree.Let):
        look_at_let(desk, node, spot)
    elif isinstance(node, tree.Binary):
        _binary(desk, node, spot)
    else:
        _rest(desk, node, spot)


def _rest(desk: Collector, node: Node, spot: VisitContext) -> None:
    if isinstance(node, tree.With):
        desk.push(node.body, spot.within(NameScope(spot.scope, subject=node.scope)))
        desk.push(node.scope, spot.aside()._replace(holder=ParentKind.NAME))
    elif isinstance(node, tree.If):
        desk.push(node.condition, spot.aside())
        for wanted, branch in ((True, node.yes), (False, node.no)):
            guards = guards_of(node.condition, spot.scope, desk.follower, wanted=wanted)
            desk.push(branch, spot.guarded(guards))
    elif isinstance(node, tree.Assert):
        desk.push(node.body, spot)
        desk.push(node.condition, spot.aside())
    elif isinstance(node, tree.PathLiteral):
        desk.path(node, spot)
        _holes(desk, node, spot)
    elif isinstance(node, tree.HasAttr):
        desk.opaque(node, spot)
        if not isinstance(node.subject, (tree.VarNode, tree.Select)):
            desk.push(node.subject, spot.aside())
    elif isinstance(node, tree.Unary):
        desk.opaque(node, spot)
        desk.push(node.operand, spot.aside())


def _leaf(desk: Collector, node: tree.IntLiteral | tree.Str, spot: VisitContext) -> None:
    if spot.manner.notes and spot.setting:
        leaf = LiteralSite(node, spot.setting, spot.owner, spot.manner.declared, spot.guards)
        desk.taken.literals.extend(literals_in(leaf))
    desk.value(node, spot)
    if isinstance(node, tree.Str):
        if node.parts and isinstance(node.parts[0], tree.Interpolation):
            desk.path(node, spot)
        _holes(desk, node, spot)


def _holes(desk: Collector, node: tree.Str | tree.PathLiteral, spot: VisitContext) -> None:
    """Look at what is put into a string or path."""
    if not spot.manner.notes:
        return
    inside: VisitContext | None = None
    for part in node.parts:
        if isinstance(part, tree.Interpolation):
            inside = inside or spot.aside()._replace(holder=ParentKind.STRING)
            desk.push(part.node, inside)


def _list(desk: Collector, node: tree.ListLiteral, spot: VisitContext) -> None:
    last = spot.setting[-1] if spot.setting else None
    if last is None or not last.endswith(_PACKAGES):
        desk.value(node, spot)
    inner = spot.item()
    for item in node.items:
        desk.push(item, inner)


def _binary(desk: Collector, node: tree.Binary, spot: VisitContext) -> None:
    if node.operator in ("//", "++"):
        look_at_update(desk, node, spot)
    elif node.operator != "+" or not desk.path(node, spot):
        desk.opaque(node, spot)
        below = spot.part()
        desk.push(node.left, below)
        desk.push(node.right, below)
