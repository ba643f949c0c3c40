"""Children of a node of the syntax tree."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node


def child_nodes(node: Node) -> tuple[Node, ...]:
    """Return the expressions that `node` directly consists of, in the order of the text.

    Those of a set are its values, then its computed names with their values.
    """
    if isinstance(node, (tree.Str, tree.PathLiteral)):
        return tuple([part.node for part in node.parts if isinstance(part, tree.Interpolation)])
    if isinstance(node, tree.ListLiteral):
        return node.items
    if isinstance(node, tree.Apply):
        return (node.function, node.argument)
    if isinstance(node, tree.Binary):
        return (node.left, node.right)
    if isinstance(node, (tree.Select, tree.HasAttr)):
        keys = [key.node for key in node.path if key.node is not None]
        default = node.default if isinstance(node, tree.Select) else None
        return (node.subject, *keys) if default is None else (node.subject, *keys, default)
    if isinstance(node, tree.LambdaExpression):
        formals = node.formals.formals if node.formals is not None else ()
        return (*[formal.default for formal in formals if formal.default is not None], node.body)
    return _below_others(node)


def _below_others(node: Node) -> tuple[Node, ...]:
    if isinstance(node, tree.Set):
        values = [definition.node for definition in node.definitions.values()]
        computed = [part for dynamic in node.dynamic for part in (dynamic.key, dynamic.node)]
        return (*values, *computed)
    if isinstance(node, tree.Let):
        return (node.bindings, node.body)
    if isinstance(node, tree.With):
        return (node.scope, node.body)
    if isinstance(node, tree.Assert):
        return (node.condition, node.body)
    if isinstance(node, tree.If):
        return (node.condition, node.yes, node.no)
    if isinstance(node, tree.Unary):
        return (node.operand,)
    return ()
