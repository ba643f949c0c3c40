"""Walk over the expressions of a file with their scopes.

Functions are entered without a call: `Arguments` returns their arguments, except for those
with a default.
"""

from collections.abc import Callable, Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.scope import delayed, recursive_scope
from port_registry.languages.nix.values import LazyScope, Thunk, UnknownValueError
from port_registry.model import Span

Arguments = Callable[[str, Span], Thunk]
"""Returns the value of an argument by its name and the span that names it."""

ScopedNode = tuple[tree.Node, LazyScope]
"""An expression with its scope."""


def walk_with_scopes(
    root: tree.Node, scope: LazyScope, arguments: Arguments, enter: Callable[[tree.Node], bool]
) -> Iterator[ScopedNode]:
    """Yield `root`, which is in `scope`, and all expressions in it, in the order of the text.

    Expressions inside one for which `enter` returns False are omitted.
    """
    pending: list[ScopedNode] = [(root, scope)]
    while pending:
        node, node_scope = pending.pop()
        yield node, node_scope
        if enter(node):
            pending.extend(reversed(_inside(node, node_scope, arguments)))


def inner_scope(node: tree.Set, scope: LazyScope) -> LazyScope:
    """Return the scope of the attributes of `node`."""
    if not node.recursive:
        return scope
    try:
        return recursive_scope(node, scope)[0]
    except UnknownValueError:
        return scope


def _inside(node: tree.Node, scope: LazyScope, arguments: Arguments) -> list[ScopedNode]:
    """Return the children of `node` with their scopes."""
    if isinstance(node, tree.Set):
        return _in_set(node, inner_scope(node, scope), scope)
    if isinstance(node, tree.Let):
        inner = recursive_scope(node.bindings, scope)[0]
        return [*_in_set(node.bindings, inner, scope), (node.body, inner)]
    if isinstance(node, tree.With):
        attached = delayed(node.scope, scope)
        inner = LazyScope({}, scope, scope.folder, attached)
        return [(node.scope, scope), (node.body, inner)]
    if isinstance(node, tree.LambdaExpression):
        return _in_function(node, scope, arguments)
    return [(child, scope) for child in tree.child_nodes(node)]


def _in_set(node: tree.Set, inner: LazyScope, outer: LazyScope) -> list[ScopedNode]:
    nodes: list[ScopedNode] = [
        (definition.node, outer if definition.inherited else inner)
        for definition in node.definitions.values()
    ]
    for dynamic in node.dynamic:
        nodes += [(dynamic.key, inner), (dynamic.node, inner)]
    return nodes


def _in_function(
    node: tree.LambdaExpression, scope: LazyScope, arguments: Arguments
) -> list[ScopedNode]:
    names: dict[str, Thunk] = {}
    inner = LazyScope(names, scope, scope.folder)
    nodes: list[ScopedNode] = []
    if node.parameter is not None:
        names[node.parameter] = arguments(node.parameter, node.span)
    for formal in node.formals.formals if node.formals is not None else ():
        if formal.default is None:
            names[formal.name] = arguments(formal.name, formal.span)
        else:
            names[formal.name] = delayed(formal.default, inner)
            nodes.append((formal.default, inner))
    return [*nodes, (node.body, inner)]
