"""Sets, `let` and functions: what a walk takes down where names are bound."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.model import Span
from port_registry.sources.nix.collected_facts import Binder, leads
from port_registry.sources.nix.collector import Collector, chain_of
from port_registry.sources.nix.module_facts import AttrPath
from port_registry.sources.nix.parameters import parameters_of
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_HALVES = ("config", "options")
_PAIR = frozenset(("name", "value"))
"""The attributes of an item of what `listToAttrs` makes a set of, or of a list of variables."""


def look_at_set(desk: Collector, node: tree.Set, spot: VisitContext) -> None:
    """Look at the attributes of a set."""
    inner = spot.scope
    if node.recursive:
        inner = NameScope(spot.scope, node.definitions)
        _bind(desk, node, inner, spot)
    held = ParentKind.ATTRIBUTE
    if spot.holder is ParentKind.ARGUMENT:
        held = ParentKind.ARGUMENT
    setting, guards, priority, manner = spot.setting, spot.guards, spot.priority, spot.manner
    named = _named(desk, node, inner) if spot.fresh and node.definitions.keys() == _PAIR else None
    for name, definition in node.definitions.items():
        way = (*setting, name)
        if spot.fresh and name in _HALVES:
            way = setting
        elif named is not None and name == "value":
            way = (*setting, *named)
        span = definition.name_span
        scope = inner
        if definition.inherited:
            scope = spot.scope
        elif definition.node.span != span:
            span = Span(span.path, definition.span.start, span.end)
        fields = (scope, way, guards, priority, node, span, held, False, manner)
        desk.push(definition.node, make(VisitContext, fields))
    for dynamic in node.dynamic:
        text = desk.follower.text(dynamic.key, inner)
        way = (*setting, None if "*" in text else text)
        span = Span(dynamic.name_span.path, dynamic.span.start, dynamic.name_span.end)
        below = VisitContext(
            inner, way, guards, priority, node, span, held, fresh=False, manner=manner
        )
        desk.push(dynamic.node, below)
        desk.push(dynamic.key, below.aside())


def _named(desk: Collector, node: tree.Set, scope: NameScope) -> AttrPath:
    """Return the name under which the value of `{ name = …; value = …; }` ends up."""
    text = desk.follower.text(node.definitions["name"].node, scope)
    return (None if "*" in text else text,)


def look_at_let(desk: Collector, node: tree.Let, spot: VisitContext) -> None:
    """Look at the body of a `let`, and at its bindings."""
    scope = NameScope(spot.scope, node.bindings.definitions)
    desk.push(node.body, spot.within(scope))
    if not spot.manner.notes:
        return
    _bind(desk, node.bindings, scope, spot)
    for name, definition in node.bindings.definitions.items():
        manner = spot.manner._replace(says=False, local=spot.manner.local or name)
        desk.push(
            definition.node,
            VisitContext(
                spot.scope if definition.inherited else scope,
                (name,),
                (),
                spot.priority,
                node.bindings,
                None,
                ParentKind.NAME,
                fresh=False,
                manner=manner,
            ),
        )


def _bind(desk: Collector, bindings: tree.Set, scope: NameScope, spot: VisitContext) -> None:
    """Take down the names that a `let` or a recursive set brings in."""
    if not spot.manner.notes:
        return
    for name, definition in bindings.definitions.items():
        chain = None
        if isinstance(definition.node, (tree.VarNode, tree.Select, tree.Apply)):
            chain = chain_of(desk.follower.meaning(tree.VarNode(name, definition.span), scope))
            if chain is not None and not leads(chain):
                chain = None
        desk.taken.binders.append(Binder(name, chain, bindings.span))


def look_at_function(desk: Collector, node: tree.LambdaExpression, spot: VisitContext) -> None:
    """Look at the body of a function, and at what its arguments are by default."""
    scope = parameters_of(node, spot, desk.follower)
    if spot.manner.notes:
        for name, meaning in scope.given.items():
            chain = chain_of(meaning)
            if chain is not None and not leads(chain):
                chain = None
            desk.taken.binders.append(Binder(name, chain, node.body.span))
        below = spot.aside()
        manner = below.manner._replace(declared=True)
        for formal in node.formals.formals if node.formals is not None else ():
            if formal.default is not None:
                way = (*spot.setting, formal.name)
                desk.push(
                    formal.default,
                    below._replace(
                        scope=scope, setting=way, owner=None, holder=ParentKind.NAME, manner=manner
                    ),
                )
    attribute = None if spot.setting else spot.attribute
    desk.push(node.body, spot.beginning(scope, attribute))
