"""What a registry's file says, whichever language it is written in.

Readers of Nix, TOML and JSON turn a file into this tree; what the tree means is decided
once, in `shapes`.
"""

from typing import NamedTuple

from port_registry.model import Span


class IntNode(NamedTuple):
    """An integer."""

    value: int
    span: Span
    """Where it is shown: its digits, or the expression that computes it."""
    digits: Span | None
    """The literal that alone makes it, without a sign; None where there is none."""


class StringNode(NamedTuple):
    """A string."""

    text: str
    span: Span
    body: Span | None
    """Where its characters stand, one for one; None where that is not so."""


class BoolNode(NamedTuple):
    """A boolean."""

    value: bool
    span: Span


FUNCTION = "a function"
"""The kind of a helper that a registry gives beside its entries."""


class OtherNode(NamedTuple):
    """A value that is never a port: a float, null, a path, a function."""

    kind: str
    """What it is, with its article: `a float`."""
    span: Span


class ListNode(NamedTuple):
    """A list."""

    items: "tuple[Node, ...]"
    span: Span


class UnknownNode(NamedTuple):
    """A value that cannot be known without running it."""

    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span
    fails: bool = False
    """Whether running it would fail, too."""


class TableNode(NamedTuple):
    """A set of attributes, a table, an object."""

    items: "tuple[Attribute, ...]"
    """In the order they stand in the file; no two have the same key."""
    span: Span
    rest: UnknownNode | None = None
    """What any other attribute is; None where there is no other."""


class Attribute(NamedTuple):
    """One attribute."""

    key: str
    key_span: Span
    node: "Node"
    extent: Span
    """Ends where the attribute's whole value ends: a comment behind it is the item's."""


Leaf = IntNode | StringNode | BoolNode | OtherNode | UnknownNode
Node = Leaf | ListNode | TableNode


def attribute_of(branch: TableNode, key: str) -> Attribute | None:
    """Return the attribute `key`, or None where there is none."""
    for item in branch.items:
        if item.key == key:
            return item
    return None
