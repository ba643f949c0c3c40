"""Syntax tree of Nix, with the span of every node.

Attribute sets are merged as by Nix's parser: `a.b = 1; a.c = 2;` is one attribute `a`, a set
with two attributes. Parentheses are not part of the tree.
"""

from typing import Protocol

from port_registry.model import DuplicateDefinition, NamedTuple, Span, TracedText

MAX_INT = 2**63 - 1
"""The largest integer Nix has."""


class Node(Protocol):
    """An expression: one of the classes below, to be distinguished by `isinstance`.

    A legacy `let { …; body = x; }` is a `Select` of `body` from a recursive set, as in Nix.
    """

    @property
    def span(self) -> Span:
        """The span of the expression, without parentheses around it."""
        ...


class IntLiteral(NamedTuple):
    """An integer literal."""

    value: int
    span: Span


class FloatLiteral(NamedTuple):
    """A floating-point literal."""

    value: float
    span: Span


class Uri(NamedTuple):
    """An unquoted URI; a string to Nix."""

    text: str
    span: Span


class VarNode(NamedTuple):
    """A name that is looked up in the enclosing scopes."""

    name: str
    span: Span


class TextPart(NamedTuple):
    """The text of a string between interpolations, with escapes resolved."""

    traced: TracedText


class Interpolation(NamedTuple):
    """`${…}` in a string or path."""

    node: Node
    span: Span
    """From the `$` to the `}`."""


class Str(NamedTuple):
    """A string, in either notation; indentation is already stripped."""

    parts: tuple[TextPart | Interpolation, ...]
    span: Span


class PathLiteral(NamedTuple):
    """A path that is not looked up: `./x`, `/x`, `~/x`, `./a/${b}`."""

    parts: tuple[TextPart | Interpolation, ...]
    span: Span


class SearchPath(NamedTuple):
    """A path that is looked up: `<nixpkgs/lib>`."""

    text: str
    """Without the angle brackets."""
    span: Span


class ListLiteral(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    span: Span


class Key(NamedTuple):
    """One part of an attribute path."""

    name: str | None
    """None where it is computed."""
    node: Node | None
    """The expression that computes it; None where the name is literal."""
    span: Span
    """The part as written, with its quotes or `${}`."""


class AttrDefinition(NamedTuple):
    """The definition of one attribute of a set."""

    name: str
    name_span: Span
    """The name in the first binding that defines it."""
    span: Span
    """The first binding that defines it, from its path to the `;`."""
    node: Node
    inherited: bool
    """Whether it comes from `inherit x;`, which is looked up outside a recursive set."""


class DynamicDefinition(NamedTuple):
    """An attribute whose name is computed."""

    key: Node
    name_span: Span
    span: Span
    node: Node


class Set(NamedTuple):
    """An attribute set, after merging."""

    definitions: dict[str, AttrDefinition]
    """In the order of the first definitions."""
    dynamic: list[DynamicDefinition]
    recursive: bool
    span: Span


class Let(NamedTuple):
    """`let … in body`; the bindings are a recursive set."""

    bindings: Set
    body: Node
    span: Span


class With(NamedTuple):
    """`with scope; body`."""

    scope: Node
    body: Node
    span: Span


class Assert(NamedTuple):
    """`assert condition; body`."""

    condition: Node
    body: Node
    span: Span


class If(NamedTuple):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node
    span: Span


class Formal(NamedTuple):
    """One name in `{ a, b ? 1 }:`."""

    name: str
    default: Node | None
    span: Span


class Formals(NamedTuple):
    """The names that a function extracts from its argument."""

    formals: tuple[Formal, ...]
    ellipsis: bool
    """Whether other attributes are allowed."""


class LambdaExpression(NamedTuple):
    """A function."""

    parameter: str | None
    """The name of the whole argument: `x:` or the `@x`."""
    formals: Formals | None
    body: Node
    span: Span


class Apply(NamedTuple):
    """A function with its argument."""

    function: Node
    argument: Node
    span: Span


class Select(NamedTuple):
    """`subject.path`, perhaps with `or default`."""

    subject: Node
    path: tuple[Key, ...]
    default: Node | None
    span: Span


class HasAttr(NamedTuple):
    """`subject ? path`."""

    subject: Node
    path: tuple[Key, ...]
    span: Span


class Unary(NamedTuple):
    """`-x` or `!x`."""

    operator: str
    operand: Node
    span: Span


class Binary(NamedTuple):
    """Two operands and the operator between them, as written."""

    operator: str
    left: Node
    right: Node
    span: Span


def child_nodes(node: Node) -> tuple[Node, ...]:
    """Return the expressions that `node` directly consists of, in the order of the text.

    Those of a set are its values, then its computed names with their values.
    """
    if isinstance(node, (Str, PathLiteral)):
        return tuple([part.node for part in node.parts if isinstance(part, Interpolation)])
    if isinstance(node, ListLiteral):
        return node.items
    if isinstance(node, Apply):
        return (node.function, node.argument)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, (Select, HasAttr)):
        keys = [key.node for key in node.path if key.node is not None]
        default = node.default if isinstance(node, Select) else None
        return (node.subject, *keys) if default is None else (node.subject, *keys, default)
    if isinstance(node, LambdaExpression):
        formals = node.formals.formals if node.formals is not None else ()
        return (*[formal.default for formal in formals if formal.default is not None], node.body)
    return _below_others(node)


def _below_others(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Set):
        values = [definition.node for definition in node.definitions.values()]
        computed = [part for dynamic in node.dynamic for part in (dynamic.key, dynamic.node)]
        return (*values, *computed)
    if isinstance(node, Let):
        return (node.bindings, node.body)
    if isinstance(node, With):
        return (node.scope, node.body)
    if isinstance(node, Assert):
        return (node.condition, node.body)
    if isinstance(node, If):
        return (node.condition, node.yes, node.no)
    if isinstance(node, Unary):
        return (node.operand,)
    return ()


class NixComment(NamedTuple):
    """A comment as written, with its `#` or `/*`."""

    text: str
    span: Span


class ParseProblem(NamedTuple):
    """An error of syntax, for which Nix refuses the file."""

    message: str
    """Without the location; starts with a small letter or a quoted token."""
    span: Span


class File(NamedTuple):
    """A parsed file."""

    path: str
    root: Node | None
    """None where there are errors of syntax."""
    comments: tuple[NixComment, ...]
    """In the order of the text."""
    errors: tuple[ParseProblem, ...]
    """Empty for a valid file."""
    duplicates: tuple[DuplicateDefinition, ...]
    """Nix refuses a file with duplicates; here the first definition counts."""
