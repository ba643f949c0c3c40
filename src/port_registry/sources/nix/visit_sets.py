"""Visit of sets, `let` and functions, which bind names."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.model import Span
from port_registry.sources.nix.collector import Binder, Collector, reaches_registry
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, Chain
from port_registry.sources.nix.name_resolver import NameResolver
from port_registry.sources.nix.port_vocabulary import STANDARD, names_port
from port_registry.sources.nix.scopes import ArgumentSet, Meaning, NameScope
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
    is_argument = context.parent is ParentKind.ARGUMENT
    held = ParentKind.ARGUMENT if is_argument else ParentKind.ATTRIBUTE
    _, setting, guards, priority, *_, mode = context
    named: AttrPath = ("value",)
    if context.may_be_module and node.definitions.keys() == _PAIR:
        # The value of `{ name = …; value = …; }` gets that name.
        named = (collector.resolver.step(node.definitions["name"].node, inner),)
    for name, definition in node.definitions.items():
        way = (*setting, name)
        if context.may_be_module and name in _HALVES:
            way = setting
        elif name == "value":
            way = setting + named
        span = definition.name_span
        scope = inner
        if definition.inherited:
            scope = context.scope
        elif definition.node.span != span:
            span = Span(span.path, definition.span.start, span.end)
        fields = (scope, way, guards, priority, node, span, held, False, mode)
        collector.push(definition.node, make(VisitContext, fields))
    for dynamic in node.dynamic:
        way = (*setting, collector.resolver.step(dynamic.key, inner))
        span = Span(dynamic.name_span.path, dynamic.span.start, dynamic.name_span.end)
        below = make(VisitContext, (inner, way, guards, priority, node, span, held, False, mode))
        collector.push(dynamic.node, below)
        collector.push(dynamic.key, below.without_value())


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
        inner = context.scope if definition.inherited else scope
        priority, held = context.priority, ParentKind.NAME
        fields = (inner, (name,), (), priority, node.bindings, None, held, False, mode)
        collector.push(definition.node, make(VisitContext, fields))


def _bind(
    collector: Collector, bindings: tree.Set, scope: NameScope, context: VisitContext
) -> None:
    """Add the names that a `let` or a recursive set binds."""
    if not context.mode.takes_references:
        return
    for name, definition in bindings.definitions.items():
        chain = None
        if isinstance(definition.node, (tree.VarNode, tree.Select, tree.Apply)):
            meaning = collector.resolver.meaning(tree.VarNode(name, definition.span), scope)
            chain = meaning if reaches_registry(meaning) else None
        collector.binders.append(Binder(name, chain, bindings.span))


def visit_function(
    collector: Collector, node: tree.LambdaExpression, context: VisitContext
) -> None:
    """Visit the body of a function, and the defaults of its arguments."""
    scope = parameters_of(node, context, collector.resolver)
    if context.mode.takes_references:
        for name, meaning in scope.given.items():
            chain = meaning if reaches_registry(meaning) else None
            collector.binders.append(Binder(name, chain, node.body.span))
        below = context.without_value()
        mode = below.mode._replace(in_default=True)
        for formal in node.formals.formals if node.formals is not None else ():
            if formal.default is not None:
                way = (*context.setting, formal.name)
                fields = (scope, way, *below[2:4], None, None, ParentKind.NAME, False, mode)
                collector.push(formal.default, make(VisitContext, fields))
    attribute = None if context.setting else context.attribute
    collector.push(node.body, context.at_module_start(scope, attribute))


def parameters_of(
    node: tree.LambdaExpression, context: VisitContext, resolver: NameResolver
) -> NameScope:
    """Return the scope of the body of `node`, a function in `context`."""
    scope = NameScope(context.scope)
    origin = AliasOrigin.ARGUMENT if _is_module(node, context) else AliasOrigin.LOCAL
    if node.formals is not None:
        for formal in node.formals.formals:
            scope.given[formal.name] = Chain(origin, formal.name, ())
        for formal in node.formals.formals:
            if formal.default is not None:
                made = resolver.meaning(formal.default, scope)
                if isinstance(made, Chain) and made.origin is AliasOrigin.FILE:
                    scope.given[formal.name] = made
    if node.parameter is not None:
        scope.given[node.parameter] = _whole(node, node.parameter, context, origin)
    return scope


def _is_module(node: tree.LambdaExpression, context: VisitContext) -> bool:
    """Return whether the function's arguments are those of a file or a module."""
    if not context.setting:
        return True
    if node.formals is None:
        return context.setting == ("outputs",)
    if not context.mode.let_binding:
        return True
    return node.formals.ellipsis and any(formal.name in STANDARD for formal in node.formals.formals)


def _whole(
    node: tree.LambdaExpression, name: str, context: VisitContext, origin: AliasOrigin
) -> Meaning:
    """Return the meaning of the whole argument: mostly a set whose attributes are arguments."""
    if origin is AliasOrigin.LOCAL:
        return Chain(origin, name, ())
    if node.formals is None and (names_port(name) or name in STANDARD) and not context.setting:
        return Chain(origin, name, ())
    return ArgumentSet(name)
