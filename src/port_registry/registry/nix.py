"""Reader of Nix registries.

`lib.mkOption`, `lib.mkDefault` and the like of nixpkgs return sets tagged with `_type`;
such sets are unwrapped to their value.
"""

from collections.abc import Callable, Iterable

from port_registry.languages.data_tree import (
    FUNCTION,
    Attribute,
    BoolNode,
    DataComment,
    IntNode,
    ListNode,
    Node,
    OtherNode,
    StringNode,
    TableNode,
    UnknownNode,
)
from port_registry.languages.nix import evaluate, values
from port_registry.model import DuplicateDefinition, Reader, RegistryError, Source, Span
from port_registry.registry.attribute_names import LEAF_PORT

_MOST_DEPTH = 64
"""The greatest depth of nested sets and lists; deeper values are unknown."""

TOO_DEEP = "it is nested too deeply"
ENDLESS = "it contains itself"
"""The reasons why values without an end are unknown."""

_MOST_VALUES = 500_000
"""The largest number of values in a registry."""

_DESCRIPTION = "description"


def read_nix(
    reader: Reader, source: Source
) -> tuple[Node, tuple[DuplicateDefinition, ...], Callable[[str], Iterable[DataComment]]]:
    """Read a Nix file.

    Returns its tree, the attributes that it defines twice, and a function that returns the
    comments of any file that it consists of.

    Raises `RegistryError` where it is not valid Nix.
    """
    evaluator = evaluate.Evaluator(reader)
    file = evaluator.file(source.path)
    if file.errors:
        problem = file.errors[0]
        position = source.position(problem.span.start)
        raise RegistryError(f"invalid Nix: {problem.message}", path=source.path, position=position)
    value = evaluator.evaluate_file(source.path)
    root = _TreeBuilder(evaluator, reader).node(value, Span(source.path, 0, 0), 0)

    def comments(path: str) -> Iterable[DataComment]:
        for comment in evaluator.file(path).comments:
            text = _without_delimiters(comment.text)
            yield DataComment(comment.span.start, comment.span.end, text)

    return root, file.duplicates, comments


def _without_delimiters(comment: str) -> str:
    """Return the text of a comment without its delimiters."""
    if comment.startswith("#"):
        return comment.lstrip("#").rstrip("\r")
    inner = comment.removeprefix("/*").removesuffix("*/")
    return "\n".join(line.strip(" \t\r").lstrip("*") for line in inner.split("\n"))


class _TreeBuilder:
    """A builder of the tree of a value, which it evaluates completely."""

    def __init__(self, evaluator: evaluate.Evaluator, reader: Reader) -> None:
        self._evaluator = evaluator
        self._reader = reader
        self._remaining = _MOST_VALUES
        self._enclosing: list[values.AttrSet] = []
        """The sets that are being read, the outermost first."""

    def node(self, value: values.Value, fallback: Span, depth: int) -> Node:
        """Return the tree of `value`, which is nested in `depth` sets.

        Its span is `fallback` where it has none of its own.
        """
        self._remaining -= 1
        span = value.span if value.span.path else fallback
        if self._remaining < 0:
            position = self._reader.read(span.path).position(span.start)
            hint = f"the limit is {_MOST_VALUES}; choose a smaller set with `--attribute`"
            message = "the registry has too many values"
            raise RegistryError(message, path=span.path, position=position, hint=hint)
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

    def _attr(self, attr: values.Attr, fallback: Span, depth: int) -> Node:
        """Return the tree of an attribute's value."""
        span = attr.binding_span if attr.binding_span.path else fallback
        return self.node(self._evaluator.force(attr.thunk), span, depth)

    def _list(self, value: values.List, span: Span, depth: int) -> Node:
        if depth >= _MOST_DEPTH:
            return UnknownNode(TOO_DEEP, span)
        items = [self.node(self._evaluator.force(item), span, depth + 1) for item in value.items]
        return ListNode(tuple(items), span)

    def _set(self, value: values.AttrSet, span: Span, depth: int) -> Node:
        if depth >= _MOST_DEPTH:
            return UnknownNode(TOO_DEEP, span)
        if any(value is enclosing for enclosing in self._enclosing):
            return UnknownNode(ENDLESS, span)
        self._enclosing.append(value)
        try:
            unwrapped = self._unwrapped(value, span, depth)
            return self._table(value, span, depth) if unwrapped is None else unwrapped
        finally:
            self._enclosing.pop()

    def _table(self, value: values.AttrSet, span: Span, depth: int) -> TableNode:
        items = [self._item(attr.name, attr, span, depth) for attr in value.attrs.values()]
        rest = value.rest
        unknown = None if rest is None else self.node(rest, span, depth)
        return TableNode(tuple(items), span, unknown if isinstance(unknown, UnknownNode) else None)

    def _item(self, key: str, attr: values.Attr, fallback: Span, depth: int) -> Attribute:
        """Return the attribute `key` with its tree."""
        name_span = attr.name_span if attr.name_span.path else fallback
        return Attribute(key, name_span, self._attr(attr, fallback, depth + 1), attr.binding_span)

    def _unwrapped(self, value: values.AttrSet, span: Span, depth: int) -> Node | None:
        """Return the value of an option, an override or a condition; None for other sets."""
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
        node = self._attr(condition, span, depth + 1)
        if isinstance(node, BoolNode):
            return self._attr(content, span, depth + 1) if node.value else TableNode((), span)
        reason = node.reason if isinstance(node, UnknownNode) else "its condition is not a Boolean"
        return UnknownNode(reason, node.span)

    def _option(self, value: values.AttrSet, span: Span, depth: int) -> Node:
        """Return the default of an option, with its description where it is a leaf."""
        default = value.attrs.get("default")
        if default is None:
            return UnknownNode("the option has no default", span)
        item = self._item(LEAF_PORT, default, span, depth)
        if isinstance(item.node, TableNode):
            return item.node._replace(is_default=True)
        if not isinstance(item.node, (IntNode, StringNode)):
            return item.node
        description = value.attrs.get(_DESCRIPTION)
        if description is None:
            return TableNode((item,), span)
        return TableNode((item, self._item(_DESCRIPTION, description, span, depth)), span)

    def _digits(self, value: values.Int) -> Span | None:
        """Return the span of the literal that is `value`, or None where it is computed."""
        if len(value.origins) != 1:
            return None
        (span,) = value.origins
        literal = self._reader.read(span.path).slice(span)
        is_same = literal.isascii() and literal.isdigit() and literal == str(value.value)
        return span if is_same else None


def _text(value: values.String, span: Span) -> StringNode:
    segments = value.traced.segments
    is_literal = len(segments) == 1 and segments[0].verbatim
    return StringNode(value.traced.text, span, segments[0].span if is_literal else None)


def _kind(value: values.Value) -> str:
    """Return the kind of `value` with its article."""
    if isinstance(value, values.Float):
        return "a float"
    if isinstance(value, values.Null):
        return "null"
    if isinstance(value, values.PathValue):
        return "a path"
    return FUNCTION
