"""Interpretation of a registry's tree as entries.

A leaf is an entry when it is an integer, or digits in a string. A set is one entry, named
like the set, when it has a `port`, or the two ends of a range (`from` and `to`, `start` and
`end`, `min` and `max`, or `start` and `count`). Two leaves named `x-start` and `x-end` are
one entry `x`. At the top level such ends have no name and are not an entry. Integers with the
name of a count, strings and the like are ignored, with a note.
"""

from port_registry import model
from port_registry.languages import data_tree
from port_registry.registry import attribute_names
from port_registry.registry.leaf_attributes import LeafAttributes, read_attributes
from port_registry.registry.port_values import (
    InvalidPort,
    LeafValue,
    NotAPort,
    PortValue,
    read_ends,
    read_leaf,
)

_NO_ATTRIBUTES = LeafAttributes()


class RawEntry(model.NamedTuple):
    """An entry without its comments."""

    name: model.Name
    item: data_tree.Attribute
    """The attribute that names it."""
    inner: data_tree.Attribute | None
    """The attribute that holds the number, if it is another one."""
    value: PortValue
    attributes: LeafAttributes
    range_end: data_tree.Attribute | None = None
    """The attribute that holds the range's end, if the entry is a pair such as `x-start` and
    `x-end`."""


class TreeInterpreter:
    """A collector of the entries in a tree."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.invalid: list[tuple[model.Name, model.Flaw, model.Span]] = []
        self.unknown: list[model.Unknown] = []
        self.notes: list[model.Note] = []

    def category(self, branch: data_tree.TableNode, name: model.Name) -> None:
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

    def _item(self, item: data_tree.Attribute, name: model.Name) -> None:
        if attribute_names.is_metadata(item.key):
            self._note(item, name, "it is metadata of the registry")
        elif isinstance(item.node, data_tree.TableNode):
            if not self._structured(item, item.node, name):
                self.category(item.node, name)
        elif isinstance(item.node, data_tree.ListNode):
            self._not_a_port(item, item.node, name)
        elif attribute_names.is_count(item.key, _integer(item.node)):
            self._note(item, name, "its name is that of a count")
        else:
            self._leaf(item, item.node, name)

    def _leaf(self, item: data_tree.Attribute, node: data_tree.Leaf, name: model.Name) -> None:
        value = read_leaf(node)
        if isinstance(value, NotAPort):
            self._not_a_port(item, node, name)
        else:
            self._add(name, item, value)

    def _not_a_port(
        self, item: data_tree.Attribute, node: data_tree.Leaf | data_tree.ListNode, name: model.Name
    ) -> None:
        """Record a leaf that does not look like a port."""
        kind = _kind(node)
        if kind != data_tree.FUNCTION and (
            attribute_names.is_port_name(item.key) or kind == "a float"
        ):
            self.invalid.append((name, model.Flaw.NOT_A_PORT, node.span))
        else:
            self._note(item, name, f"it is {kind}")

    def _structured(
        self, item: data_tree.Attribute, branch: data_tree.TableNode, name: model.Name
    ) -> bool:
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

    def _extra(self, item: data_tree.Attribute, name: model.Name) -> None:
        """Read an attribute next to a `port`, which is an entry only if that is evident."""
        node = item.node
        if isinstance(node, data_tree.TableNode):
            if not self._structured(item, node, name):
                for below in node.items:
                    self._extra(below, (*name, below.key))
        elif isinstance(node, data_tree.ListNode):
            return
        elif attribute_names.is_port_name(item.key):
            self._leaf(item, node, name)
        elif isinstance(node, data_tree.IntNode):
            if node.value >= attribute_names.MIN_UNNAMED_PORT and not attribute_names.is_count(
                item.key, node.value
            ):
                self._leaf(item, node, name)
            else:
                self._note(item, name, "its name is not that of a port")

    def _add(
        self,
        name: model.Name,
        item: data_tree.Attribute,
        value: LeafValue,
        *,
        inner: data_tree.Attribute | None = None,
        attributes: LeafAttributes = _NO_ATTRIBUTES,
        range_end: data_tree.Attribute | None = None,
    ) -> None:
        """Record the value of a leaf."""
        if isinstance(value, PortValue):
            self.entries.append(RawEntry(name, item, inner, value, attributes, range_end))
        elif isinstance(value, InvalidPort):
            self.invalid.append((name, value.flaw, value.span))
        elif isinstance(value, data_tree.UnknownNode):
            self._unknown_value(name, value)

    def _unknown_value(self, name: model.Name, node: data_tree.UnknownNode) -> None:
        self.unknown.append(model.Unknown(name, node.reason, node.span))

    def _note(self, item: data_tree.Attribute, name: model.Name, reason: str) -> None:
        self.notes.append(
            model.Note(f"`{model.format_name(name)}` is ignored: {reason}", item.key_span)
        )


def _pairs_of(branch: data_tree.TableNode) -> dict[str, tuple[str, data_tree.Attribute]]:
    """Return the pairs of attributes such as `x-start` and `x-end`.

    They are keyed by the name of the first; the value is the stem and the second attribute.
    """
    pairs: dict[str, tuple[str, data_tree.Attribute]] = {}
    starts = attribute_names.RANGE_STARTS
    candidates = [item for item in branch.items if item.key.endswith(starts)]
    if not candidates:
        return pairs
    known = {item.key: item for item in branch.items}
    for item in candidates:
        for start, end in attribute_names.RANGE_ENDS:
            stem, joint = attribute_names.split_stem(item.key, start)
            if not stem or stem in known:
                continue
            other = known.get(f"{stem}{joint}{end if joint else attribute_names.capitalized(end)}")
            if other is not None and _is_end(item.node) and _is_end(other.node):
                pairs[item.key] = (stem, other)
    return pairs


def _bounds_of(branch: data_tree.TableNode) -> tuple[str, ...]:
    """Return the names of ends of a range at a registry's top level.

    They are settings of a port allocator.
    """
    keys = {item.key for item in branch.items}
    return tuple(
        key for ends in attribute_names.RANGE_ATTRIBUTES if keys.issuperset(ends) for key in ends
    )


def _ports_of(
    branch: data_tree.TableNode,
) -> tuple[data_tree.Attribute, LeafValue, tuple[str, ...]] | None:
    """Return the ports of the structured leaf `branch`, or None where it is not one.

    They come as the attribute that holds them, their value, and the names of all attributes
    that define them.
    """
    known = {item.key: item for item in branch.items}
    port_key = attribute_names.LEAF_PORT
    port = known.get(port_key)
    if port is not None and isinstance(port.node, data_tree.TableNode):
        inner = _ports_of(port.node)
        return None if inner is None else (inner[0], inner[1], (port_key,))
    if port is not None:
        return port, _certain(read_leaf(port.node), port.node), (port_key,)
    count_keys = (attribute_names.START, attribute_names.COUNT)
    for keys in (*attribute_names.RANGE_ATTRIBUTES, count_keys):
        first, last = known.get(keys[0]), known.get(keys[1])
        if first is None or last is None:
            continue
        is_count = keys == count_keys
        nodes = [first.node] if is_count else [first.node, last.node]
        if any(isinstance(node, data_tree.TableNode) for node in nodes):
            return None
        value = read_ends(first.node, last.node, is_count=is_count)
        return first, _certain(value, first.node), keys
    return None


def _certain(value: LeafValue, node: data_tree.Node) -> LeafValue:
    """Return `value`, or the fault of a leaf that must be a port and is not."""
    return InvalidPort(model.Flaw.NOT_A_PORT, node.span) if isinstance(value, NotAPort) else value


def _is_end(node: data_tree.Node) -> bool:
    """Return whether `node` can be an end of a range."""
    return isinstance(node, (data_tree.IntNode, data_tree.UnknownNode)) or (
        isinstance(node, data_tree.StringNode) and not isinstance(read_leaf(node), NotAPort)
    )


def _integer(node: data_tree.Leaf) -> int | None:
    return node.value if isinstance(node, data_tree.IntNode) else None


def _kind(node: data_tree.Leaf | data_tree.ListNode) -> str:
    """Return the kind of `node` with its article."""
    if isinstance(node, data_tree.OtherNode):
        return node.kind
    if isinstance(node, data_tree.StringNode):
        return "a string"
    if isinstance(node, data_tree.ListNode):
        return "a list"
    return "a Boolean" if isinstance(node, data_tree.BoolNode) else "not a port"


_MOST_SHOWN = 40


def shortened(text: str) -> str:
    """Return `text` on one line, shortened for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
