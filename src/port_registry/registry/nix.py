"""Nix registries as trees.

What nixpkgs' `lib.mkOption`, `lib.mkDefault` and their like make is a set that says in its
`_type` what it is; here it is taken for what it stands for.
"""

from collections.abc import Callable, Iterable

from port_registry.languages.nix import values
from port_registry.languages.nix.evaluate import Evaluator
from port_registry.model import DuplicateDefinition, Reader, RegistryError, Source, Span
from port_registry.registry.attribute_names import LEAF_PORT
from port_registry.registry.comments import RegistryComment
from port_registry.registry.data_tree import (
    FUNCTION,
    Attribute,
    BoolNode,
    IntNode,
    ListNode,
    Node,
    OtherNode,
    StringNode,
    TableNode,
    UnknownNode,
)

_MOST_DEPTH = 64
"""How deep sets and lists may be nested; what is deeper is not known."""

TOO_DEEP = "it is nested too deeply"
ENDLESS = "it contains itself"
"""Why a set's values are unknown that have no end."""

_MOST_VALUES = 500_000
"""How many values a registry may hold."""

_DESCRIPTION = "description"


def read_nix(
    reader: Reader, source: Source
) -> tuple[Node, tuple[DuplicateDefinition, ...], Callable[[str], Iterable[RegistryComment]]]:
    """Read a Nix file.

    Returns its tree, the attributes that it defines twice, and what gives the comments of
    any file that it is made of.

    Raises `RegistryError` where it is no valid Nix.
    """
    evaluator = Evaluator(reader)
    file = evaluator.file(source.path)
    if file.errors:
        problem = file.errors[0]
        position = source.position(problem.span.start)
        raise RegistryError(f"no valid Nix: {problem.message}", path=source.path, position=position)
    twins = tuple(
        DuplicateDefinition(found.name, found.span, found.first) for found in file.duplicates
    )
    value = evaluator.evaluate_file(source.path)
    root = _Grower(evaluator, reader).node(value, Span(source.path, 0, 0), 0)

    def comments(path: str) -> Iterable[RegistryComment]:
        for found in evaluator.file(path).comments:
            yield RegistryComment(found.span.start, found.span.end, _without_signs(found.text))

    return root, twins, comments


def _without_signs(comment: str) -> str:
    """Return what a comment says, without what makes it a comment."""
    if comment.startswith("#"):
        return comment.lstrip("#").rstrip("\r")
    inner = comment.removeprefix("/*").removesuffix("*/")
    return "\n".join(line.strip(" \t\r").lstrip("*") for line in inner.split("\n"))


class _Grower:
    """Makes a tree of values, computing all of them."""

    def __init__(self, evaluator: Evaluator, reader: Reader) -> None:
        self._evaluator = evaluator
        self._reader = reader
        self._left = _MOST_VALUES
        self._around: list[values.AttrSet] = []
        """The sets that are being read, the outermost first."""

    def node(self, value: values.Value, at: Span, depth: int) -> Node:
        """Return the tree of `value`, which `depth` sets are around.

        It is shown at its own place, and at `at` where it has none.
        """
        self._left -= 1
        span = value.span if value.span.path else at
        if self._left < 0:
            place = self._reader.read(span.path).position(span.start)
            hint = f"at most {_MOST_VALUES} are read; name a smaller set with `--attribute`"
            message = "the registry holds too many values"
            raise RegistryError(message, path=span.path, position=place, hint=hint)
        if isinstance(value, values.AttrSet):
            return self._set(value, span, depth)
        if isinstance(value, values.Int):
            return IntNode(value.value, span, self._digits(value))
        if isinstance(value, values.String):
            return _text(value, span)
        if isinstance(value, values.Bool):
            return BoolNode(value.value, span)
        if isinstance(value, values.List):
            return self._list(value, span, depth)
        if isinstance(value, values.UnknownValue):
            return UnknownNode(value.reason, span, value.fails)
        return OtherNode(_kind(value), span)

    def _attr(self, attr: values.Attr, at: Span, depth: int) -> Node:
        """Return the tree of an attribute's value."""
        place = attr.binding_span if attr.binding_span.path else at
        return self.node(self._evaluator.force(attr.thunk), place, depth)

    def _list(self, value: values.List, span: Span, depth: int) -> Node:
        if depth >= _MOST_DEPTH:
            return UnknownNode(TOO_DEEP, span)
        items = [self.node(self._evaluator.force(item), span, depth + 1) for item in value.items]
        return ListNode(tuple(items), span)

    def _set(self, value: values.AttrSet, span: Span, depth: int) -> Node:
        if depth >= _MOST_DEPTH:
            return UnknownNode(TOO_DEEP, span)
        if any(value is one for one in self._around):
            return UnknownNode(ENDLESS, span)
        self._around.append(value)
        try:
            stood_for = self._stood_for(value, span, depth)
            return self._branch(value, span, depth) if stood_for is None else stood_for
        finally:
            self._around.pop()

    def _branch(self, value: values.AttrSet, span: Span, depth: int) -> TableNode:
        items = [self._item(attr.name, attr, span, depth) for attr in value.attrs.values()]
        rest = value.rest
        unknown = None if rest is None else self.node(rest, span, depth)
        return TableNode(tuple(items), span, unknown if isinstance(unknown, UnknownNode) else None)

    def _item(self, key: str, attr: values.Attr, at: Span, depth: int) -> Attribute:
        """Return an attribute, called `key`, with its tree."""
        name_span = attr.name_span if attr.name_span.path else at
        return Attribute(key, name_span, self._attr(attr, at, depth + 1), attr.binding_span)

    def _stood_for(self, value: values.AttrSet, span: Span, depth: int) -> Node | None:
        """Return what an option, an override or a condition stands for; None for others."""
        marker = value.attrs.get("_type")
        if marker is None:
            return None
        kind = self._evaluator.force(marker.thunk)
        text = kind.traced.text if isinstance(kind, values.String) else ""
        content = value.attrs.get("content")
        if text in ("override", "order") and content is not None:
            return self._attr(content, span, depth + 1)
        condition = value.attrs.get("condition")
        if text == "if" and content is not None and condition is not None:
            return self._conditional(condition, content, span, depth)
        if text == "option":
            return self._option(value, span, depth)
        if text == "merge":
            return UnknownNode("the module system merges it", span)
        return None

    def _conditional(
        self, condition: values.Attr, content: values.Attr, span: Span, depth: int
    ) -> Node:
        """Return the content of `mkIf`."""
        known = self._attr(condition, span, depth + 1)
        if isinstance(known, BoolNode):
            return self._attr(content, span, depth + 1) if known.value else TableNode((), span)
        reason = known.reason if isinstance(known, UnknownNode) else "its condition is no Boolean"
        return UnknownNode(reason, known.span)

    def _option(self, value: values.AttrSet, span: Span, depth: int) -> Node:
        """Return an option's default; with its description where it is a leaf."""
        default = value.attrs.get("default")
        if default is None:
            return UnknownNode("the option has no default", span)
        item = self._item(LEAF_PORT, default, span, depth)
        if not isinstance(item.node, (IntNode, StringNode)):
            return item.node
        described = value.attrs.get(_DESCRIPTION)
        if described is None:
            return TableNode((item,), span)
        return TableNode((item, self._item(_DESCRIPTION, described, span, depth)), span)

    def _digits(self, value: values.Int) -> Span | None:
        """Return the literal that alone makes `value`."""
        if len(value.origins) != 1:
            return None
        (span,) = value.origins
        literal = self._reader.read(span.path).slice(span)
        is_same = literal.isascii() and literal.isdigit() and literal == str(value.value)
        return span if is_same else None


def _text(value: values.String, span: Span) -> StringNode:
    pieces = value.traced.segments
    whole = len(pieces) == 1 and pieces[0].verbatim
    return StringNode(value.traced.text, span, pieces[0].span if whole else None)


def _kind(value: values.Value) -> str:
    """Return what `value` is, with its article."""
    if isinstance(value, values.Float):
        return "a float"
    if isinstance(value, values.Null):
        return "null"
    if isinstance(value, values.PathValue):
        return "a path"
    return FUNCTION
