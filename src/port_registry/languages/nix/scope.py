"""Construction of scopes, and the errors that end an evaluation."""

from typing import NoReturn

from port_registry.languages.nix import tree, values
from port_registry.model import Span


def raise_unknown(reason: str, span: Span) -> NoReturn:
    """Raise the error for the value at `span`, which cannot be known without Nix."""
    raise values.UnknownValueError(values.UnknownValue(reason, span))


def raise_eval_error(reason: str, span: Span) -> NoReturn:
    """Raise the error for the value at `span`, where Nix fails, too."""
    raise values.UnknownValueError(values.UnknownValue(reason, span, fails=True))


def delayed(node: tree.Node, scope: values.LazyScope) -> values.Thunk:
    """Return a thunk for `node`, which is already evaluated if it is a literal."""
    if isinstance(node, tree.IntLiteral):
        return values.Thunk(None, None, None, values.Int(node.value, node.span, (node.span,)))
    return values.Thunk(node, scope)


def recursive_scope(
    node: tree.Set, scope: values.LazyScope
) -> tuple[values.LazyScope, dict[str, values.Attr]]:
    """Return the scope inside a recursive set or a `let`, with its attributes."""
    if "__overrides" in node.definitions and node.recursive:
        raise_unknown("`__overrides` changes the set from inside", node.span)
    names: dict[str, values.Thunk] = {}
    inner = values.LazyScope(names, scope, scope.folder)
    attrs: dict[str, values.Attr] = {}
    for name, definition in node.definitions.items():
        thunk = delayed(definition.node, scope if definition.inherited else inner)
        names[name] = thunk
        attrs[name] = values.Attr(name, definition.name_span, definition.span, thunk)
    return inner, attrs


def plain_attrs(node: tree.Set, scope: values.LazyScope) -> dict[str, values.Attr]:
    """Return the attributes of a set that is not recursive."""
    return {
        name: values.Attr(
            name, definition.name_span, definition.span, delayed(definition.node, scope)
        )
        for name, definition in node.definitions.items()
    }
