"""Conversion of the grammar's nodes to nodes of the syntax tree."""

from collections.abc import Callable
from typing import TypeGuard

from port_registry.languages.nix import strings, tree
from port_registry.languages.nix.attrset_merge import (
    Bind,
    Inherit,
    add_bind,
    add_inherit,
    empty_set,
)
from port_registry.languages.nix.builder import (
    Bindings,
    Builder,
    BuildPart,
    Keys,
    Token,
    UnexpectedShapeError,
    key_of,
)
from port_registry.languages.nix.tree import MAX_INT, Key, Node
from port_registry.model import Span

_COMPARISONS = (("==", "!="), ("<", ">", "<=", ">="))
"""Operators that Nix does not allow in a row."""

_NOT_NODES = frozenset((
    Token, Keys, Bindings, Bind, Inherit, tree.Formal, tree.Formals, tree.Interpolation
))  # fmt: skip


def leaf(builder: Builder, kind: str, start: int, end: int) -> BuildPart:
    """Return the result for the leaf of kind `kind` at `[start, end)`."""
    make = _LEAVES.get(kind)
    return Token(kind, start, end) if make is None else make(builder, start, end)


def branch(builder: Builder, kind: str, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    """Return the result for a node of kind `kind`; raises `UnexpectedShapeError`."""
    make = _BRANCHES.get(kind)
    if make is None:
        raise UnexpectedShapeError(start, end)
    return make(builder, parts, start, end)


def _is_node(part: BuildPart) -> TypeGuard[Node]:
    """Return whether `part` is an expression."""
    return type(part) not in _NOT_NODES


def root_node(parts: list[BuildPart], length: int) -> Node:
    """Return the one expression of a file; raises `UnexpectedShapeError`."""
    nodes = [part for part in parts if _is_node(part)]
    if len(nodes) != 1 or len(parts) != 1:
        raise UnexpectedShapeError(0, length)
    return nodes[0]


def _node(parts: list[BuildPart], index: int, start: int, end: int) -> Node:
    """Return `parts[index]`, an expression."""
    if -len(parts) <= index < len(parts):
        part = parts[index]
        if _is_node(part):
            return part
    raise UnexpectedShapeError(start, end)


def _keys(parts: list[BuildPart], index: int, start: int, end: int) -> tuple[Key, ...]:
    """Return `parts[index]`, an attribute path."""
    if index < len(parts):
        part = parts[index]
        if isinstance(part, Keys):
            return part.keys
    raise UnexpectedShapeError(start, end)


# Leaves.


def _integer(builder: Builder, start: int, end: int) -> Node:
    text = builder.source.text[start:end]
    digits = text.lstrip("0") or "0"
    if len(digits) > 19 or int(digits) > MAX_INT:
        builder.problem(
            f"this integer is too large for Nix, whose largest is {MAX_INT}", start, end
        )
        return tree.IntLiteral(0, builder.span(start, end))
    return tree.IntLiteral(int(digits), Span(builder.source.path, start, end))


def _float(builder: Builder, start: int, end: int) -> Node:
    return tree.FloatLiteral(float(builder.source.text[start:end]), builder.span(start, end))


def _uri(builder: Builder, start: int, end: int) -> Node:
    return tree.Uri(builder.source.text[start:end], builder.span(start, end))


def _search_path(builder: Builder, start: int, end: int) -> Node:
    return tree.SearchPath(builder.source.text[start + 1 : end - 1], builder.span(start, end))


_LEAVES: dict[str, Callable[[Builder, int, int], Node]] = {
    "integer_expression": _integer,
    "float_expression": _float,
    "uri_expression": _uri,
    "spath_expression": _search_path,
}


# Branches.


def _parenthesized(_builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    return _node(parts, 0, start, end)


def _interpolation(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    return tree.Interpolation(_node(parts, 0, start, end), builder.span(start, end))


def _interpolations(parts: list[BuildPart]) -> list[tree.Interpolation]:
    return [part for part in parts if isinstance(part, tree.Interpolation)]


def _string(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    segments = strings.plain_parts(builder.source, start + 1, end - 1, _interpolations(parts))
    return tree.Str(segments, builder.span(start, end))


def _indented(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    segments = strings.indented_parts(builder.source, start + 2, end - 2, _interpolations(parts))
    return tree.Str(segments, builder.span(start, end))


def _path(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    segments = strings.raw_parts(builder.source, start, end, _interpolations(parts))
    if any("//" in part.traced.text for part in segments if isinstance(part, tree.TextPart)):
        builder.problem("cannot be read without spaces around its `//`", start, end)
    last = segments[-1]
    if isinstance(last, tree.TextPart) and last.traced.text.endswith("/"):
        builder.problem("a path must not end in `/`", start, end)
    return tree.PathLiteral(segments, builder.span(start, end))


def _list(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    items = [part for part in parts if _is_node(part)]
    return tree.ListLiteral(tuple(items), builder.span(start, end))


def _key(builder: Builder, part: BuildPart) -> Key | None:
    """Return `part` as an attribute name, or None."""
    if isinstance(part, Token):
        if part.kind != "identifier":
            return None
        return Key(builder.name(part.start, part.end), None, builder.span(part.start, part.end))
    if isinstance(part, tree.Interpolation):
        return key_of(part.node, part.span)
    if isinstance(part, tree.Str):
        return key_of(part, part.span)
    return None


def _attribute_path(builder: Builder, parts: list[BuildPart], _start: int, _end: int) -> BuildPart:
    return Keys(tuple([key for part in parts if (key := _key(builder, part)) is not None]))


def _bind(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    path = _keys(parts, 0, start, end)
    node = _node(parts, 1, start, end)
    if builder.duplicates and not isinstance(node, (tree.IntLiteral, tree.VarNode)):
        _lengthen_names(builder, path, node.span)
    return Bind(path, node, Span(builder.source.path, start, end))


def _lengthen_names(builder: Builder, path: tuple[Key, ...], span: Span) -> None:
    """Prepend `path` to the names of the duplicates inside `span`."""
    prefix = tuple(key.name or "" for key in path)
    for number, duplicate in enumerate(builder.duplicates):
        if span.start <= duplicate.span.start < span.end:
            builder.duplicates[number] = duplicate._replace(name=prefix + duplicate.name)


def _inherit(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    names = parts[1] if len(parts) > 1 and isinstance(parts[1], Keys) else Keys(())
    return Inherit(None, _inheritable(builder, names.keys), builder.span(start, end))


def _inherit_from(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    names = parts[2] if len(parts) > 2 and isinstance(parts[2], Keys) else Keys(())
    subject = _node(parts, 1, start, end)
    return Inherit(subject, _inheritable(builder, names.keys), builder.span(start, end))


def _inheritable(builder: Builder, names: tuple[Key, ...]) -> tuple[Key, ...]:
    for name in names:
        if name.name is None:
            message = "`inherit` does not accept computed names"
            builder.problem(message, name.span.start, name.span.end)
    return names


def _bindings(_builder: Builder, parts: list[BuildPart], _start: int, _end: int) -> BuildPart:
    return Bindings(tuple([part for part in parts if isinstance(part, (Bind, Inherit))]))


def _make_set(builder: Builder, parts: list[BuildPart], span: Span, *, recursive: bool) -> tree.Set:
    result = empty_set(span, recursive=recursive)
    for part in parts:
        if not isinstance(part, Bindings):
            continue
        for item in part.items:
            if isinstance(item, Bind):
                add_bind(result, item, builder.duplicates)
            else:
                variables = tuple(tree.VarNode(key.name or "", key.span) for key in item.names)
                add_inherit(result, item, variables, builder.duplicates)
    return result


def _set(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    return _make_set(builder, parts, builder.span(start, end), recursive=False)


def _recursive_set(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    return _make_set(builder, parts, builder.span(start, end), recursive=True)


def _legacy_let(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    span = builder.span(start, end)
    bindings = _make_set(builder, parts, span, recursive=True)
    return tree.Select(bindings, (Key("body", None, span),), None, span)


def _let(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    span = builder.span(start, end)
    bindings = _make_set(builder, parts, span, recursive=True)
    for dynamic in bindings.dynamic:
        builder.problem(
            "`let` does not accept computed names",
            dynamic.name_span.start,
            dynamic.name_span.end,
        )
    return tree.Let(bindings, _node(parts, -1, start, end), span)


def _with(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    scope, body = _node(parts, 0, start, end), _node(parts, 1, start, end)
    return tree.With(scope, body, builder.span(start, end))


def _assert(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    condition, body = _node(parts, 0, start, end), _node(parts, 1, start, end)
    return tree.Assert(condition, body, builder.span(start, end))


def _if(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    condition, yes, no = (_node(parts, index, start, end) for index in range(3))
    return tree.If(condition, yes, no, builder.span(start, end))


def _formal(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    name = parts[0]
    if not isinstance(name, Token):
        raise UnexpectedShapeError(start, end)
    default = _node(parts, -1, start, end) if len(parts) > 1 else None
    return tree.Formal(
        builder.name(name.start, name.end), default, builder.span(name.start, name.end)
    )


def _formals(builder: Builder, parts: list[BuildPart], _start: int, _end: int) -> BuildPart:
    formals = [part for part in parts if isinstance(part, tree.Formal)]
    ellipsis = any(isinstance(part, Token) and part.kind == "ellipses" for part in parts)
    seen: set[str] = set()
    for formal in formals:
        if formal.name in seen:
            builder.problem(
                f"the argument `{formal.name}` is named twice", formal.span.start, formal.span.end
            )
        seen.add(formal.name)
    return tree.Formals(tuple(formals), ellipsis)


def _function(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    body = _node(parts, -1, start, end)
    parameter: str | None = None
    formals: tree.Formals | None = None
    for part in parts[:-1]:
        if isinstance(part, tree.Formals):
            formals = part
        elif isinstance(part, Token) and part.kind == "identifier":
            parameter = builder.name(part.start, part.end)
    if formals is not None and any(formal.name == parameter for formal in formals.formals):
        builder.problem(f"the argument `{parameter}` is named twice", start, start + 1)
    return tree.LambdaExpression(parameter, formals, body, builder.span(start, end))


def _apply(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    function, argument = _node(parts, 0, start, end), _node(parts, 1, start, end)
    return tree.Apply(function, argument, Span(builder.source.path, start, end))


def _select(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    default = _node(parts, 2, start, end) if len(parts) > 2 else None
    subject, path = _node(parts, 0, start, end), _keys(parts, 1, start, end)
    return tree.Select(subject, path, default, Span(builder.source.path, start, end))


def _has_attr(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    subject, path = _node(parts, 0, start, end), _keys(parts, 2, start, end)
    operator = parts[1]
    if isinstance(subject, tree.HasAttr) and isinstance(operator, Token):
        _refuse_chain(builder, subject, start, operator)
    return tree.HasAttr(subject, path, builder.span(start, end))


def _unary(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    operator = parts[0]
    if not isinstance(operator, Token):
        raise UnexpectedShapeError(start, end)
    return tree.Unary(builder.text(operator), _node(parts, 1, start, end), builder.span(start, end))


def _binary(builder: Builder, parts: list[BuildPart], start: int, end: int) -> BuildPart:
    operator = parts[1]
    if not isinstance(operator, Token):
        raise UnexpectedShapeError(start, end)
    left, right = _node(parts, 0, start, end), _node(parts, 2, start, end)
    text = builder.text(operator)
    for group in _COMPARISONS:
        if text in group and isinstance(left, tree.Binary) and left.operator in group:
            _refuse_chain(builder, left, start, operator)
    return tree.Binary(text, left, right, builder.span(start, end))


def _refuse_chain(builder: Builder, left: Node, start: int, operator: Token) -> None:
    """Note the error of `a < b < c`, unless `left` is in parentheses."""
    if left.span.start == start:
        builder.problem(
            f"`{builder.text(operator)}` cannot follow such an operator without parentheses",
            operator.start,
            operator.end,
        )


# The parts do not include signs and keywords: `if a then b else c` has three parts.
_BRANCHES: dict[str, Callable[[Builder, list[BuildPart], int, int], BuildPart]] = {
    "parenthesized_expression": _parenthesized,
    "interpolation": _interpolation,
    "string_expression": _string,
    "indented_string_expression": _indented,
    "path_expression": _path,
    "hpath_expression": _path,
    "list_expression": _list,
    "attrpath": _attribute_path,
    "inherited_attrs": _attribute_path,
    "binding": _bind,
    "inherit": _inherit,
    "inherit_from": _inherit_from,
    "binding_set": _bindings,
    "attrset_expression": _set,
    "rec_attrset_expression": _recursive_set,
    "let_attrset_expression": _legacy_let,
    "let_expression": _let,
    "with_expression": _with,
    "assert_expression": _assert,
    "if_expression": _if,
    "formal": _formal,
    "formals": _formals,
    "function_expression": _function,
    "apply_expression": _apply,
    "select_expression": _select,
    "has_attr_expression": _has_attr,
    "unary_expression": _unary,
    "binary_expression": _binary,
}
