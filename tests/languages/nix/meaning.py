"""Meaning of a syntax tree: what is left of it when two ways to write the same are one.

Nix prints a tree in its own words: `a - b` as `__sub a b`, a string with interpolations as a
sum, a path from the root on.
"""

import posixpath
from typing import Union

from port_registry.languages.nix import tree

_PRINTED = ("+", "++", "//", "==", "!=", "&&", "||", "->")
"""The operators that Nix prints as operators; the others it prints as calls."""

Meaning = Union[str, float, None, "tuple[Meaning, ...]"]


def meaning(node: tree.Node, folder: str) -> Meaning:
    """Return the meaning of `node`, which was read from a file in `folder`."""
    return _Reader(folder).of(node)


class _Reader:
    def __init__(self, folder: str) -> None:
        self._folder = folder

    def of(self, node: tree.Node) -> Meaning:
        if isinstance(node, (tree.Str, tree.PathLiteral)):
            return self._text(node)
        if isinstance(node, tree.Set):
            return self._set(node)
        if isinstance(node, tree.LambdaExpression):
            return self._function(node)
        if isinstance(node, (tree.Unary, tree.Binary)):
            return self._operation(node)
        if isinstance(node, (tree.Select, tree.HasAttr)):
            return self._selection(node)
        if isinstance(node, tree.Apply):
            return ("call", self.of(node.function), self.of(node.argument))
        return _leaf(node) or (
            type(node).__name__,
            *[self.of(one) for one in tree.child_nodes(node)],
        )

    def _selection(self, node: tree.Select | tree.HasAttr) -> Meaning:
        subject, keys = self.of(node.subject), tuple(self._key(key) for key in node.path)
        if isinstance(node, tree.HasAttr):
            return ("has", subject, keys)
        if node.default is not None:
            return ("select", subject, keys, self.of(node.default))
        # A name of several parts and one selection after the other are the same.
        for key in keys:
            subject = ("select", subject, key)
        return subject

    def _operation(self, node: tree.Unary | tree.Binary) -> Meaning:
        if isinstance(node, tree.Unary):
            operand = self.of(node.operand)
            zero = ("number", "0")
            return ("!", operand) if node.operator == "!" else _call("__sub", zero, operand)
        left, right = self.of(node.left), self.of(node.right)
        if node.operator in _PRINTED:
            return _infix(node.operator, left, right)
        if node.operator in ("-", "*", "/"):
            return _call({"-": "__sub", "*": "__mul", "/": "__div"}[node.operator], left, right)
        if node.operator in ("<", ">="):
            less = _call("__lessThan", left, right)
            return less if node.operator == "<" else ("!", less)
        less = _call("__lessThan", right, left)
        return less if node.operator == ">" else ("!", less)

    def _text(self, node: tree.Str | tree.PathLiteral) -> Meaning:
        parts: list[Meaning] = []
        for part in node.parts:
            if isinstance(part, tree.Interpolation):
                parts.append(self.of(part.node))
            elif parts or isinstance(node, tree.Str):
                parts.append(("text", part.traced.text))
            else:
                path = part.traced.text.replace("~", posixpath.expanduser("~"))
                parts.append(("path", posixpath.normpath(posixpath.join(self._folder, path))))
        return _sum(parts)

    def _key(self, key: tree.Key) -> Meaning:
        return key.name if key.node is None else ("computed", self.of(key.node))

    def _set(self, node: tree.Set) -> Meaning:
        definitions: list[tuple[Meaning, ...]] = []
        for name, definition in sorted(node.definitions.items()):
            definitions.append((name, definition.inherited, self.of(definition.node)))
        for dynamic in node.dynamic:
            definitions.append((("computed", self.of(dynamic.key)), self.of(dynamic.node)))
        return ("rec" if node.recursive else "set", *definitions)

    def _function(self, node: tree.LambdaExpression) -> Meaning:
        formals: Meaning = None
        if node.formals is not None:
            names = sorted(node.formals.formals)
            defaults = [None if one.default is None else self.of(one.default) for one in names]
            pairs = zip([one.name for one in names], defaults, strict=True)
            formals = (str(node.formals.ellipsis), *pairs)
        return ("function", node.parameter, formals, self.of(node.body))


def _leaf(node: tree.Node) -> Meaning:
    """Return the meaning of a node of a single token; None for others."""
    if isinstance(node, tree.Uri):
        return ("text", node.text)
    if isinstance(node, tree.SearchPath):
        return _call("__findFile", ("name", "__nixPath"), ("text", node.text))
    if isinstance(node, tree.VarNode):
        return ("name", node.name)
    if isinstance(node, tree.IntLiteral):
        return ("number", str(node.value))
    if isinstance(node, tree.FloatLiteral):
        return ("number", f"{node.value:.6g}")
    return None


def _call(function: str, *arguments: Meaning) -> Meaning:
    call: Meaning = ("name", function)
    for argument in arguments:
        call = ("call", call, argument)
    return call


def _infix(operator: str, left: Meaning, right: Meaning) -> Meaning:
    if isinstance(left, tuple) and left[0] == "Assert":
        # Nix prints an `assert` without parentheses: one on the left takes in the rest.
        _, condition, body = left
        return ("Assert", condition, _infix(operator, body, right))
    return _sum([left, right]) if operator == "+" else (operator, left, right)


def _sum(parts: list[Meaning]) -> Meaning:
    """Return the sum of `parts`, without sums, and without texts next to one another in it."""
    flat: list[Meaning] = []
    text = ""
    for part in parts:
        for one in part[1:] if isinstance(part, tuple) and part[0] == "+" else (part,):
            if isinstance(one, tuple) and one[0] == "text":
                text += str(one[1])
                continue
            if text:
                flat.append(("text", text))
            flat.append(one)
            text = ""
    if text or not flat:
        flat.append(("text", text))
    return flat[0] if len(flat) == 1 else ("+", *flat)
