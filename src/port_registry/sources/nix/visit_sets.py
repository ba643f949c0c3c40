"""Visit of sets, `let` and functions, which bind names."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.model import Span
from port_registry.sources.nix.collected_facts import Binder, reaches_registry
from port_registry.sources.nix.collector import Collector, chain_of
from port_registry.sources.nix.module_facts import AttrPath
from port_registry.sources.nix.parameters import parameters_of
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_HALVES = ("config", "options")
_PAIR = frozenset(("name", "value"))
"""The attributes of an item for `listToAttrs`, or of a list of variables."""


def visit_set(collector: Collector, node: tree.Set, context: VisitContext) -> None:
    """Visit the attributes of a set."""
    inner = context.scope
    if node.recursive:
        inner = NameScope(context.scope, node.definitions)
        _bind(collector, node, inner, context)
    held = ParentKind.ATTRIBUTE
    if context.parent is ParentKind.ARGUMENT:
        held = ParentKind.ARGUMENT
    setting, guards, priority, mode = (
        context.setting,
        context.guards,
        context.priority,
        context.mode,
    )
    named = (
        _named(collector, node, inner)
        if context.may_be_module and node.definitions.keys() == _PAIR
        else None
    )
    for name, definition in node.definitions.items():
        way = (*setting, name)
        if context.may_be_module and name in _HALVES:
            way = setting
        elif named is not None and name == "value":
            way = (*setting, *named)
        span = definition.name_span
        scope = inner
        if definition.inherited:
            scope = context.scope
        elif definition.node.span != span:
            span = Span(span.path, definition.span.start, span.end)
        fields = (scope, way, guards, priority, node, span, held, False, mode)
        collector.push(definition.node, make(VisitContext, fields))
    for dynamic in node.dynamic:
        text = collector.resolver.text(dynamic.key, inner)
        way = (*setting, None if "*" in text else text)
        span = Span(dynamic.name_span.path, dynamic.span.start, dynamic.name_span.end)
        below = VisitContext(
            inner, way, guards, priority, node, span, held, may_be_module=False, mode=mode
        )
        collector.push(dynamic.node, below)
        collector.push(dynamic.key, below.without_value())


def _named(collector: Collector, node: tree.Set, scope: NameScope) -> AttrPath:
    """Return the name that the value of `{ name = …; value = …; }` gets."""
    text = collector.resolver.text(node.definitions["name"].node, scope)
    return (None if "*" in text else text,)


def visit_let(collector: Collector, node: tree.Let, context: VisitContext) -> None:
    """Visit the body of a `let`, and its bindings."""
    scope = NameScope(context.scope, node.bindings.definitions)
    collector.push(node.body, context.in_scope(scope))
    if not context.mode.takes_references:
        return
    _bind(collector, node.bindings, scope, context)
    for name, definition in node.bindings.definitions.items():
        mode = context.mode._replace(
            takes_definitions=False, let_binding=context.mode.let_binding or name
        )
        collector.push(
            definition.node,
            VisitContext(
                context.scope if definition.inherited else scope,
                (name,),
                (),
                context.priority,
                node.bindings,
                None,
                ParentKind.NAME,
                may_be_module=False,
                mode=mode,
            ),
        )


def _bind(
    collector: Collector, bindings: tree.Set, scope: NameScope, context: VisitContext
) -> None:
    """Add the names that a `let` or a recursive set binds."""
    if not context.mode.takes_references:
        return
    for name, definition in bindings.definitions.items():
        chain = None
        if isinstance(definition.node, (tree.VarNode, tree.Select, tree.Apply)):
            chain = chain_of(collector.resolver.meaning(tree.VarNode(name, definition.span), scope))
            if chain is not None and not reaches_registry(chain):
                chain = None
        collector.facts.binders.append(Binder(name, chain, bindings.span))


def visit_function(
    collector: Collector, node: tree.LambdaExpression, context: VisitContext
) -> None:
    """Visit the body of a function, and the defaults of its arguments."""
    scope = parameters_of(node, context, collector.resolver)
    if context.mode.takes_references:
        for name, meaning in scope.given.items():
            chain = chain_of(meaning)
            if chain is not None and not reaches_registry(chain):
                chain = None
            collector.facts.binders.append(Binder(name, chain, node.body.span))
        below = context.without_value()
        mode = below.mode._replace(in_default=True)
        for formal in node.formals.formals if node.formals is not None else ():
            if formal.default is not None:
                way = (*context.setting, formal.name)
                collector.push(
                    formal.default,
                    below._replace(
                        scope=scope, setting=way, owner=None, parent=ParentKind.NAME, mode=mode
                    ),
                )
    attribute = None if context.setting else context.attribute
    collector.push(node.body, context.at_module_start(scope, attribute))
