"""What the arguments of a function mean inside it."""

from port_registry.languages.nix import tree
from port_registry.sources.nix.module_facts import AliasOrigin, Chain
from port_registry.sources.nix.name_resolver import Follower
from port_registry.sources.nix.port_vocabulary import STANDARD, speaks
from port_registry.sources.nix.scopes import Meaning, NameScope, WholeSet
from port_registry.sources.nix.visit_context import VisitContext


def parameters_of(node: tree.LambdaExpression, spot: VisitContext, follower: Follower) -> NameScope:
    """Return the scope of the body of `node`, a function at `spot`."""
    scope = NameScope(spot.scope)
    origin = AliasOrigin.ARGUMENT if _is_module(node, spot) else AliasOrigin.LOCAL
    if node.formals is not None:
        for formal in node.formals.formals:
            scope.given[formal.name] = Chain(origin, formal.name, ())
        for formal in node.formals.formals:
            if formal.default is not None:
                made = follower.meaning(formal.default, scope)
                if isinstance(made, Chain) and made.origin is AliasOrigin.FILE:
                    scope.given[formal.name] = made
    if node.parameter is not None:
        scope.given[node.parameter] = _whole(node, node.parameter, spot, origin)
    return scope


def _is_module(node: tree.LambdaExpression, spot: VisitContext) -> bool:
    """Return whether the function's arguments are those of a file or a module."""
    if not spot.setting:
        return True
    if node.formals is None:
        return spot.setting == ("outputs",)
    if not spot.manner.local:
        return True
    return node.formals.ellipsis and any(formal.name in STANDARD for formal in node.formals.formals)


def _whole(
    node: tree.LambdaExpression, name: str, spot: VisitContext, origin: AliasOrigin
) -> Meaning:
    """Return what the whole argument is: mostly a set whose attributes are arguments."""
    if origin is AliasOrigin.LOCAL:
        return Chain(origin, name, ())
    if node.formals is None and (speaks(name) or name in STANDARD) and not spot.setting:
        return Chain(origin, name, ())
    return WholeSet(name)
