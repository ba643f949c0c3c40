"""Construction of scopes, and the errors that end an evaluation."""

from typing import NoReturn

from port_registry.languages.nix import tree
from port_registry.languages.nix.values import (
    Attr,
    Int,
    LazyScope,
    Thunk,
    UnknownValue,
    UnknownValueError,
)
from port_registry.model import Span


def raise_unknown(reason: str, span: Span) -> NoReturn:
    """Raise the error for the value at `span`, which cannot be known without Nix."""
    raise UnknownValueError(UnknownValue(reason, span))


def raise_eval_error(reason: str, span: Span) -> NoReturn:
    """Raise the error for the value at `span`, where Nix fails, too."""
    raise UnknownValueError(UnknownValue(reason, span, fails=True))


def delayed(node: tree.Node, scope: LazyScope) -> Thunk:
    """Return a thunk for `node`, which is already evaluated if it is a literal."""
    if isinstance(node, tree.IntLiteral):
        return Thunk(None, None, None, Int(node.value, node.span, (node.span,)))
    return Thunk(node, scope)


def recursive_scope(node: tree.Set, scope: LazyScope) -> tuple[LazyScope, dict[str, Attr]]:
    """Return the scope inside a recursive set or a `let`, with its attributes."""
    if "__overrides" in node.definitions and node.recursive:
        raise_unknown("`__overrides` changes the set from inside", node.span)
    names: dict[str, Thunk] = {}
    inner = LazyScope(names, scope, scope.folder)
    attrs: dict[str, Attr] = {}
    for name, definition in node.definitions.items():
        thunk = delayed(definition.node, scope if definition.inherited else inner)
        names[name] = thunk
        attrs[name] = Attr(name, definition.name_span, definition.span, thunk)
    return inner, attrs


def plain_attrs(node: tree.Set, scope: LazyScope) -> dict[str, Attr]:
    """Return the attributes of a set that is not recursive."""
    return {
        name: Attr(name, definition.name_span, definition.span, delayed(definition.node, scope))
        for name, definition in node.definitions.items()
    }
