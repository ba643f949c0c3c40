"""What a registry's tree means: which of its leaves are entries, and what they say.

A leaf is an entry when it is an integer, or digits in a string. A set is one entry, called
by the set's name, when it has a `port`, or the two ends of a range (`from` and `to`, `start`
and `end`, `min` and `max`, or `start` and `count`). Two leaves called `x-start` and `x-end`
are one entry `x`. At the top such ends have no name, and are no entry. Integers whose names
say that they count something, strings and the like are left alone, with a note.
"""

from typing import NamedTuple

from port_registry.model import Flaw, InvalidLeaf, Name, Note, Span, Unknown, format_name
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
from port_registry.registry.data_tree import (
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


class RawEntry(NamedTuple):
    """An entry before its comments are read."""

    name: Name
    item: Attribute
    """The attribute that names it."""
    inner: Attribute | None
    """The attribute that holds the number, where that is another one."""
    value: PortValue
    attributes: LeafAttributes
    range_end: Attribute | None = None
    """The attribute that holds the range's end, where the entry is a pair such as `x-start`
    and `x-end`."""


class TreeInterpreter:
    """Collects what a tree means."""

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
                self._note(item, (item.key,), "it bounds ports, and nothing says whose")
            elif item.key in pairs:
                stem, last = pairs[item.key]
                leaf = _StructuredLeaf((*name, stem), item, second=last)
                self._add(leaf, read_ends(item.node, last.node))
            elif item.key not in ends:
                self._item(item, (*name, item.key))
        if branch.rest is not None:
            self._mystery(name, branch.rest)

    def _item(self, item: Attribute, name: Name) -> None:
        if is_metadata(item.key):
            self._note(item, name, "it is about the registry")
        elif isinstance(item.node, TableNode):
            if not self._structured(item, item.node, name):
                self.category(item.node, name)
        elif isinstance(item.node, ListNode):
            self._no_port(item, item.node, name)
        elif is_count(item.key, _integer(item.node)):
            self._note(item, name, "its name is not that of a port")
        else:
            self._leaf(item, item.node, name)

    def _leaf(self, item: Attribute, node: Leaf, name: Name) -> None:
        read = read_leaf(node)
        if isinstance(read, NotAPort):
            self._no_port(item, node, name)
        else:
            self._add(_StructuredLeaf(name, item), read)

    def _no_port(self, item: Attribute, node: Leaf | ListNode, name: Name) -> None:
        """Take note of a leaf that does not look like a port."""
        kind = _kind(node)
        if kind != FUNCTION and (is_port_name(item.key) or kind == "a float"):
            self.invalid.append((name, Flaw.NOT_A_PORT, node.span))
        else:
            self._note(item, name, f"it is {kind}")

    def _structured(self, item: Attribute, branch: TableNode, name: Name) -> bool:
        """Read `branch` as one entry; return whether it is one."""
        found = _ports_of(branch)
        if found is None:
            return False
        inner, read, used = found
        said = read_attributes(branch, name)
        self.notes.extend(said.notes)
        self.unknown.extend(said.unknown)
        self._add(_StructuredLeaf(name, item, inner, said), read)
        for extra in branch.items:
            if extra.key not in used and extra.key not in said.used:
                self._extra(extra, (*name, extra.key))
        return True

    def _extra(self, item: Attribute, name: Name) -> None:
        """Read what stands beside a `port`: entries only where that is plain to see."""
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

    def _add(self, source: "_StructuredLeaf", read: LeafValue) -> None:
        """Take in what a leaf gave."""
        if isinstance(read, PortValue):
            name, item, inner, said, second = source
            self.entries.append(RawEntry(name, item, inner, read, said, second))
        elif isinstance(read, InvalidPort):
            self.invalid.append((source.name, read.flaw, read.span))
        elif isinstance(read, UnknownNode):
            self._mystery(source.name, read)

    def _mystery(self, name: Name, mystery: UnknownNode) -> None:
        self.unknown.append(Unknown(name, mystery.reason, mystery.span))

    def _note(self, item: Attribute, name: Name, why: str) -> None:
        self.notes.append(Note(f"`{format_name(name)}` is left alone: {why}", item.key_span))


class _StructuredLeaf(NamedTuple):
    """What a leaf's ports are for; the fields of `RawEntry`."""

    name: Name
    item: Attribute
    inner: Attribute | None = None
    said: LeafAttributes = LeafAttributes()
    second: Attribute | None = None


def _pairs_of(branch: TableNode) -> dict[str, tuple[str, Attribute]]:
    """Return the pairs such as `x-start` and `x-end`.

    They are given by the first one's name: the stem, and the other one.
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
    """Return the names of the two ends of a range that stand at a registry's top.

    They are settings of what hands out ports.
    """
    keys = {item.key for item in branch.items}
    return tuple(key for ends in RANGE_ATTRIBUTES if keys.issuperset(ends) for key in ends)


def _ports_of(branch: TableNode) -> tuple[Attribute, LeafValue, tuple[str, ...]] | None:
    """Return what makes `branch` a structured leaf; None where it is none.

    That is the attribute that holds its ports, the ports, and the names of all attributes
    that make them.
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


def _certain(read: LeafValue, node: Node) -> LeafValue:
    """Return `read`, or the flaw of a leaf that says port and is none."""
    return InvalidPort(Flaw.NOT_A_PORT, node.span) if isinstance(read, NotAPort) else read


def _is_end(node: Node) -> bool:
    """Return whether `node` can be an end of a range."""
    return isinstance(node, (IntNode, UnknownNode)) or (
        isinstance(node, StringNode) and not isinstance(read_leaf(node), NotAPort)
    )


def _integer(node: Leaf) -> int | None:
    return node.value if isinstance(node, IntNode) else None


def _kind(node: Leaf | ListNode) -> str:
    """Return what `node` is, with its article."""
    if isinstance(node, OtherNode):
        return node.kind
    if isinstance(node, StringNode):
        return "a string"
    if isinstance(node, ListNode):
        return "a list"
    return "a Boolean" if isinstance(node, BoolNode) else "no port"


def invalid_leaves(found: list[tuple[Name, Flaw, Span]], texts: list[str]) -> list[InvalidLeaf]:
    """Return the flawed leaves with their texts, shortened."""
    return [
        InvalidLeaf(name, flaw, _shortened(text), span)
        for (name, flaw, span), text in zip(found, texts, strict=True)
    ]


_MOST_SHOWN = 40


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
