"""Interpretation of a registry's tree as entries.

A leaf is an entry when it is an integer, or digits in a string. A set is one entry, named
like the set, when it has a `port`, or the two ends of a range (`from` and `to`, `start` and
`end`, `min` and `max`, or `start` and `count`). Two leaves named `x-start` and `x-end` are
one entry `x`. At the top level such ends have no name and are not an entry. Integers with the
name of a count, strings and the like are ignored, with a note.
"""

from port_registry.languages.data_tree import (
    FUNCTION,
    Attribute,
    BoolNode,
    IntNode,
    Leaf,
    ListNode,
    Node,
    OtherNode,
    StringNode,
    TableNode,
    UnknownNode,
)
from port_registry.model import (
    Flaw,
    InvalidLeaf,
    Name,
    NamedTuple,
    Note,
    Span,
    Unknown,
    format_name,
)
from port_registry.registry.attribute_names import (
    COUNT,
    LEAF_PORT,
    MIN_UNNAMED_PORT,
    RANGE_ATTRIBUTES,
    RANGE_ENDS,
    START,
    capitalized,
    is_count,
    is_metadata,
    is_port_name,
    may_start_range,
    split_stem,
)
from port_registry.registry.leaf_attributes import LeafAttributes, read_attributes
from port_registry.registry.port_values import (
    InvalidPort,
    LeafValue,
    NotAPort,
    PortValue,
    read_count,
    read_ends,
    read_leaf,
)

_NO_ATTRIBUTES = LeafAttributes()


class RawEntry(NamedTuple):
    """An entry without its comments."""

    name: Name
    item: Attribute
    """The attribute that names it."""
    inner: Attribute | None
    """The attribute that holds the number, if it is another one."""
    value: PortValue
    attributes: LeafAttributes
    range_end: Attribute | None = None
    """The attribute that holds the range's end, if the entry is a pair such as `x-start` and
    `x-end`."""


class TreeInterpreter:
    """A collector of the entries in a tree."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.invalid: list[tuple[Name, Flaw, Span]] = []
        self.unknown: list[Unknown] = []
        self.notes: list[Note] = []

    def category(self, branch: TableNode, name: Name) -> None:
        """Read a set of entries and categories."""
        pairs = _pairs_of(branch)
        ends = {last.key for _, last in pairs.values()}
        bounds = () if name else _bounds_of(branch)
        for item in branch.items:
            if item.key in bounds:
                self._note(item, (item.key,), "it is the end of a range without a name")
            elif item.key in pairs:
                stem, last = pairs[item.key]
                ends_read = read_ends(item.node, last.node)
                self._add((*name, stem), item, ends_read, range_end=last)
            elif item.key not in ends:
                self._item(item, (*name, item.key))
        if branch.rest is not None:
            self._unknown_value(name, branch.rest)

    def _item(self, item: Attribute, name: Name) -> None:
        if is_metadata(item.key):
            self._note(item, name, "it is metadata of the registry")
        elif isinstance(item.node, TableNode):
            if not self._structured(item, item.node, name):
                self.category(item.node, name)
        elif isinstance(item.node, ListNode):
            self._not_a_port(item, item.node, name)
        elif is_count(item.key, _integer(item.node)):
            self._note(item, name, "its name is that of a count")
        else:
            self._leaf(item, item.node, name)

    def _leaf(self, item: Attribute, node: Leaf, name: Name) -> None:
        value = read_leaf(node)
        if isinstance(value, NotAPort):
            self._not_a_port(item, node, name)
        else:
            self._add(name, item, value)

    def _not_a_port(self, item: Attribute, node: Leaf | ListNode, name: Name) -> None:
        """Record a leaf that does not look like a port."""
        kind = _kind(node)
        if kind != FUNCTION and (is_port_name(item.key) or kind == "a float"):
            self.invalid.append((name, Flaw.NOT_A_PORT, node.span))
        else:
            self._note(item, name, f"it is {kind}")

    def _structured(self, item: Attribute, branch: TableNode, name: Name) -> bool:
        """Read `branch` as one entry; return whether it is one."""
        port_attributes = _ports_of(branch)
        if port_attributes is None:
            return False
        inner, value, used = port_attributes
        attributes = read_attributes(branch, name)
        self.notes.extend(attributes.notes)
        self.unknown.extend(attributes.unknown)
        self._add(name, item, value, inner=inner, attributes=attributes)
        for extra in branch.items:
            if extra.key not in used and extra.key not in attributes.used:
                self._extra(extra, (*name, extra.key))
        return True

    def _extra(self, item: Attribute, name: Name) -> None:
        """Read an attribute next to a `port`, which is an entry only if that is evident."""
        node = item.node
        if isinstance(node, TableNode):
            if not self._structured(item, node, name):
                for below in node.items:
                    self._extra(below, (*name, below.key))
        elif isinstance(node, ListNode):
            return
        elif is_port_name(item.key):
            self._leaf(item, node, name)
        elif isinstance(node, IntNode):
            if node.value >= MIN_UNNAMED_PORT and not is_count(item.key, node.value):
                self._leaf(item, node, name)
            else:
                self._note(item, name, "its name is not that of a port")

    def _add(
        self,
        name: Name,
        item: Attribute,
        value: LeafValue,
        *,
        inner: Attribute | None = None,
        attributes: LeafAttributes = _NO_ATTRIBUTES,
        range_end: Attribute | None = None,
    ) -> None:
        """Record the value of a leaf."""
        if isinstance(value, PortValue):
            self.entries.append(RawEntry(name, item, inner, value, attributes, range_end))
        elif isinstance(value, InvalidPort):
            self.invalid.append((name, value.flaw, value.span))
        elif isinstance(value, UnknownNode):
            self._unknown_value(name, value)

    def _unknown_value(self, name: Name, node: UnknownNode) -> None:
        self.unknown.append(Unknown(name, node.reason, node.span))

    def _note(self, item: Attribute, name: Name, reason: str) -> None:
        self.notes.append(Note(f"`{format_name(name)}` is ignored: {reason}", item.key_span))


def _pairs_of(branch: TableNode) -> dict[str, tuple[str, Attribute]]:
    """Return the pairs of attributes such as `x-start` and `x-end`.

    They are keyed by the name of the first; the value is the stem and the second attribute.
    """
    pairs: dict[str, tuple[str, Attribute]] = {}
    candidates = [item for item in branch.items if may_start_range(item.key)]
    if not candidates:
        return pairs
    known = {item.key: item for item in branch.items}
    for item in candidates:
        for start, end in RANGE_ENDS:
            stem, joint = split_stem(item.key, start)
            if not stem or stem in known:
                continue
            other = known.get(f"{stem}{joint}{end if joint else capitalized(end)}")
            if other is not None and _is_end(item.node) and _is_end(other.node):
                pairs[item.key] = (stem, other)
    return pairs


def _bounds_of(branch: TableNode) -> tuple[str, ...]:
    """Return the names of ends of a range at a registry's top level.

    They are settings of a port allocator.
    """
    keys = {item.key for item in branch.items}
    return tuple(key for ends in RANGE_ATTRIBUTES if keys.issuperset(ends) for key in ends)


def _ports_of(branch: TableNode) -> tuple[Attribute, LeafValue, tuple[str, ...]] | None:
    """Return the ports of the structured leaf `branch`, or None where it is not one.

    They come as the attribute that holds them, their value, and the names of all attributes
    that define them.
    """
    known = {item.key: item for item in branch.items}
    port = known.get(LEAF_PORT)
    if port is not None:
        if isinstance(port.node, TableNode):
            inner = _ports_of(port.node)
            return None if inner is None else (inner[0], inner[1], (LEAF_PORT,))
        return port, _certain(read_leaf(port.node), port.node), (LEAF_PORT,)
    for start, end in RANGE_ATTRIBUTES:
        first, last = known.get(start), known.get(end)
        if first is not None and last is not None:
            if isinstance(first.node, TableNode) or isinstance(last.node, TableNode):
                return None
            return first, _certain(read_ends(first.node, last.node), first.node), (start, end)
    first, count = known.get(START), known.get(COUNT)
    if first is None or count is None or isinstance(first.node, TableNode):
        return None
    return first, _certain(read_count(first.node, count.node), first.node), (START, COUNT)


def _certain(value: LeafValue, node: Node) -> LeafValue:
    """Return `value`, or the fault of a leaf that must be a port and is not."""
    return InvalidPort(Flaw.NOT_A_PORT, node.span) if isinstance(value, NotAPort) else value


def _is_end(node: Node) -> bool:
    """Return whether `node` can be an end of a range."""
    return isinstance(node, (IntNode, UnknownNode)) or (
        isinstance(node, StringNode) and not isinstance(read_leaf(node), NotAPort)
    )


def _integer(node: Leaf) -> int | None:
    return node.value if isinstance(node, IntNode) else None


def _kind(node: Leaf | ListNode) -> str:
    """Return the kind of `node` with its article."""
    if isinstance(node, OtherNode):
        return node.kind
    if isinstance(node, StringNode):
        return "a string"
    if isinstance(node, ListNode):
        return "a list"
    return "a Boolean" if isinstance(node, BoolNode) else "not a port"


def invalid_leaves(invalid: list[tuple[Name, Flaw, Span]], texts: list[str]) -> list[InvalidLeaf]:
    """Return the invalid leaves with their texts, shortened."""
    return [
        InvalidLeaf(name, flaw, shortened(text), span)
        for (name, flaw, span), text in zip(invalid, texts, strict=True)
    ]


_MOST_SHOWN = 40


def shortened(text: str) -> str:
    """Return `text` on one line, shortened for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
