"""Meanings of a function's arguments in its body."""

from port_registry.languages.nix import tree
from port_registry.sources.nix.module_facts import AliasOrigin, Chain
from port_registry.sources.nix.name_resolver import NameResolver
from port_registry.sources.nix.port_vocabulary import STANDARD, names_port
from port_registry.sources.nix.scopes import ArgumentSet, Meaning, NameScope
from port_registry.sources.nix.visit_context import VisitContext


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
