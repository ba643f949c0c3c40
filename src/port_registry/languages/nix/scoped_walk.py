"""Every expression of a file, with the scope that it stands in.

Functions are entered without being called: what they take is given by `Arguments`, a
default of their own aside.
"""

from collections.abc import Callable, Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.scope import LazyScope, StuckError, delayed, recursive
from port_registry.languages.nix.undefined_names import children
from port_registry.languages.nix.values import Thunk
from port_registry.model import Span

Arguments = Callable[[str, Span], Thunk]
"""Gives the value of an argument by its name and the place that names it."""

Standing = tuple[tree.Node, LazyScope]
"""An expression and the scope around it."""


def standing(
    root: tree.Node, scope: LazyScope, arguments: Arguments, enter: Callable[[tree.Node], bool]
) -> Iterator[Standing]:
    """Yield `root`, which stands in `scope`, and all expressions in it, in order of place.

    What is in an expression that `enter` says no to is left out.
    """
    pending: list[Standing] = [(root, scope)]
    while pending:
        node, around = pending.pop()
        yield node, around
        if enter(node):
            pending.extend(reversed(_inside(node, around, arguments)))


def inner_scope(node: tree.Set, scope: LazyScope) -> LazyScope:
    """Return the scope that the attributes of `node` stand in."""
    if not node.recursive:
        return scope
    try:
        return recursive(node, scope)[0]
    except StuckError:
        return scope


def _inside(node: tree.Node, scope: LazyScope, arguments: Arguments) -> list[Standing]:
    """Return the expressions right below `node`."""
    if isinstance(node, tree.Set):
        return _in_set(node, inner_scope(node, scope), scope)
    if isinstance(node, tree.Let):
        inner = recursive(node.bindings, scope)[0]
        return [*_in_set(node.bindings, inner, scope), (node.body, inner)]
    if isinstance(node, tree.With):
        attached = delayed(node.scope, scope)
        inner = LazyScope({}, scope, scope.folder, attached)
        return [(node.scope, scope), (node.body, inner)]
    if isinstance(node, tree.LambdaExpression):
        return _in_function(node, scope, arguments)
    if isinstance(node, (tree.Select, tree.HasAttr)):
        keys = [key.node for key in node.path if key.node is not None]
        default = node.default if isinstance(node, tree.Select) else None
        parts = [node.subject, *keys] if default is None else [node.subject, *keys, default]
        return [(part, scope) for part in parts]
    return [(child, scope) for child in children(node)]


def _in_set(node: tree.Set, inner: LazyScope, outer: LazyScope) -> list[Standing]:
    found: list[Standing] = [
        (definition.node, outer if definition.inherited else inner)
        for definition in node.definitions.values()
    ]
    for dynamic in node.dynamic:
        found += [(dynamic.key, inner), (dynamic.node, inner)]
    return found


def _in_function(
    node: tree.LambdaExpression, scope: LazyScope, arguments: Arguments
) -> list[Standing]:
    names: dict[str, Thunk] = {}
    inner = LazyScope(names, scope, scope.folder)
    found: list[Standing] = []
    if node.parameter is not None:
        names[node.parameter] = arguments(node.parameter, node.span)
    for formal in node.formals.formals if node.formals is not None else ():
        if formal.default is None:
            names[formal.name] = arguments(formal.name, formal.span)
        else:
            names[formal.name] = delayed(formal.default, inner)
            found.append((formal.default, inner))
    return [*found, (node.body, inner)]
