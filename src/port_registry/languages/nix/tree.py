"""The syntax tree of Nix: every node with the span it stands at.

Attribute sets are merged as Nix merges them while it parses: `a.b = 1; a.c = 2;` is one
attribute `a`, a set with two attributes. What parentheses enclose is the inner node.
"""

from typing import NamedTuple, Protocol

from port_registry.model import DuplicateDefinition, Span, TracedText


class Node(Protocol):
    """An expression: one of the classes below, to be told apart by `isinstance`.

    A legacy `let { …; body = x; }` is a `Select` of `body` from a recursive set, which is
    what Nix makes of it.
    """

    @property
    def span(self) -> Span:
        """Where the expression stands, without the parentheses around it."""
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
    """A name that is looked up in the scopes around it."""

    name: str
    span: Span


class TextPart(NamedTuple):
    """A stretch of a string between interpolations, escapes resolved."""

    traced: TracedText


class Interpolation(NamedTuple):
    """`${…}` in a string or path."""

    node: Node
    span: Span
    """From the `$` to behind the `}`."""


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
    """What computes it; None where the name is written."""
    span: Span
    """The part as written, with its quotes or `${}`."""


class AttrDefinition(NamedTuple):
    """What a set says of one attribute."""

    name: str
    name_span: Span
    """The first place that names the attribute."""
    span: Span
    """The first binding that defines it, from its path to behind the `;`."""
    node: Node
    inherited: bool
    """Whether it comes from `inherit x;`, which looks outside a recursive set."""


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
    """`let … in body`; the bindings make a recursive set."""

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
    """The names a function takes out of its argument."""

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


class NixComment(NamedTuple):
    """A comment as written, with its `#` or `/*`."""

    text: str
    span: Span


class ParseProblem(NamedTuple):
    """Why Nix would refuse the file, and where."""

    message: str
    """Without place; begins with a small letter or a quoted token."""
    span: Span


class File(NamedTuple):
    """A file as parsed."""

    path: str
    root: Node | None
    """None where there are errors of syntax."""
    comments: tuple[NixComment, ...]
    """In the order they stand."""
    errors: tuple[ParseProblem, ...]
    """Empty where Nix can read the file."""
    duplicates: tuple[DuplicateDefinition, ...]
    """Nix refuses a file that has any; here the first definition counts."""
