"""Language-independent tree of a file that holds data, with the place of every key and value.

Readers of Nix, TOML and JSON turn a file into this tree.
"""

from port_registry.model import NamedTuple, Position, Span


class IntNode(NamedTuple):
    """An integer."""

    value: int
    span: Span
    """The location to show: its digits, or the expression that computes it."""
    digits: Span | None
    """The literal to edit, without a sign; None where the integer is computed."""


class StringNode(NamedTuple):
    """A string."""

    text: str
    span: Span
    body: Span | None
    """The span whose own text is `text`; None where escapes or computation prevent that."""


class BoolNode(NamedTuple):
    """A boolean."""

    value: bool
    span: Span


FUNCTION = "a function"
"""The kind of a helper that stands next to data."""


class OtherNode(NamedTuple):
    """A value that is none of the others: a float, null, a date, a path, a function."""

    kind: str
    """The kind of value with its article: `a float`."""
    span: Span


class ListNode(NamedTuple):
    """A list."""

    items: "tuple[Node, ...]"
    span: Span


class UnknownNode(NamedTuple):
    """A value that cannot be known without evaluation."""

    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span
    fails: bool = False
    """Whether its evaluation fails, too."""


class TableNode(NamedTuple):
    """A set of attributes, a table, an object."""

    items: "tuple[Attribute, ...]"
    """In the order of the file; no two have the same key."""
    span: Span
    rest: UnknownNode | None = None
    """The value of any other attribute; None where there is no other."""
    is_default: bool = False
    """Whether it is the default of an option of NixOS, which other files may set."""


class Attribute(NamedTuple):
    """An attribute of a set."""

    key: str
    key_span: Span
    node: "Node"
    extent: Span
    """The whole attribute; a comment after it describes the attribute."""


Leaf = IntNode | StringNode | BoolNode | OtherNode | UnknownNode
Node = Leaf | ListNode | TableNode


def attribute_of(branch: TableNode, key: str) -> Attribute | None:
    """Return the attribute `key` of `branch`, or None."""
    for item in branch.items:
        if item.key == key:
            return item
    return None


class DataComment(NamedTuple):
    """A comment in a file that holds data."""

    start: int
    end: int
    """Offsets in the file's text, delimiters included."""
    text: str
    """The text without its delimiters."""


class DataSyntaxError(Exception):
    """A text that is not valid in its language."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
