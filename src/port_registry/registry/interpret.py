"""Interpretation of a registry's tree as entries.

A leaf is an entry when it is an integer, or digits in a string. A set is one entry, named
like the set, when it has a `port`, or the two ends of a range (`from` and `to`, `start` and
`end`, `min` and `max`, or `start` and `count`). Two leaves named `x-start` and `x-end` are
one entry `x`. At the top level such ends have no name and are not an entry. Integers with the
name of a count, strings and the like are ignored, with a note.
"""

from port_registry import model
from port_registry.languages import data_tree
from port_registry.registry import attribute_names, leaf_attributes

_NO_ATTRIBUTES = leaf_attributes.LeafAttributes()

_MOST_DIGITS = 40

_MOST_SHOWN = 40
"""The number of characters of a value that a message shows."""


class PortValue(model.NamedTuple):
    """The ports in a leaf, with their location."""

    ports: model.PortRange
    span: model.Span
    digits: tuple[model.Span, ...]
    """As in `Entry.digits`."""


class InvalidPort(model.NamedTuple):
    """A leaf that is meant as a port and is not a valid one."""

    flaw: model.Flaw
    span: model.Span


LeafValue = PortValue | InvalidPort | data_tree.UnknownNode | None
"""None for a leaf that is not meant as a port."""


class _End(model.NamedTuple):
    """A number that is meant as a port."""

    number: int
    span: model.Span
    digits: model.Span | None


class RawEntry(model.NamedTuple):
    """An entry without its comments."""

    name: model.Name
    item: data_tree.Attribute
    """The attribute that names it."""
    inner: data_tree.Attribute | None
    """The attribute that holds the number, if it is another one."""
    value: PortValue
    attributes: leaf_attributes.LeafAttributes
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
                ends_read = _read_ends(item.node, last.node)
                self._add((*name, stem), item, ends_read, range_end=last)
            elif item.key not in ends:
                self._item(item, (*name, item.key))
        if branch.rest is not None:
            self._unknown_value(name, branch.rest)

    def _item(self, item: data_tree.Attribute, name: model.Name) -> None:
        number = item.node.value if isinstance(item.node, data_tree.IntNode) else None
        if attribute_names.is_metadata(item.key):
            self._note(item, name, "it is metadata of the registry")
        elif isinstance(item.node, data_tree.TableNode):
            if not self._structured(item, item.node, name):
                self.category(item.node, name)
        elif isinstance(item.node, data_tree.ListNode):
            self._not_a_port(item, item.node, name)
        elif attribute_names.is_count(item.key, number):
            self._note(item, name, "its name is that of a count")
        else:
            self._leaf(item, item.node, name)

    def _leaf(self, item: data_tree.Attribute, node: data_tree.Leaf, name: model.Name) -> None:
        value = _read_leaf(node)
        if value is None:
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
        attributes = leaf_attributes.read_attributes(branch, name)
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
        attributes: leaf_attributes.LeafAttributes = _NO_ATTRIBUTES,
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
            if other is not None and _read_leaf(item.node) and _read_leaf(other.node):
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
        value = _read_leaf(port.node) or InvalidPort(model.Flaw.NOT_A_PORT, port.node.span)
        return port, value, (port_key,)
    count_keys = (attribute_names.START, attribute_names.COUNT)
    for keys in (*attribute_names.RANGE_ATTRIBUTES, count_keys):
        first, last = known.get(keys[0]), known.get(keys[1])
        if first is None or last is None:
            continue
        is_count = keys == count_keys
        nodes = [first.node] if is_count else [first.node, last.node]
        if any(isinstance(node, data_tree.TableNode) for node in nodes):
            return None
        return first, _read_ends(first.node, last.node, is_count=is_count), keys
    return None


def _kind(node: data_tree.Leaf | data_tree.ListNode) -> str:
    """Return the kind of `node` with its article."""
    if isinstance(node, data_tree.OtherNode):
        return node.kind
    if isinstance(node, data_tree.StringNode):
        return "a string"
    if isinstance(node, data_tree.ListNode):
        return "a list"
    return "a Boolean" if isinstance(node, data_tree.BoolNode) else "not a port"


def _read_leaf(node: data_tree.Node) -> LeafValue:
    """Return the ports in a leaf: an integer, or digits or `49000-49099` in a string."""
    if isinstance(node, data_tree.IntNode):
        return _single(_End(node.value, node.span, node.digits))
    if isinstance(node, data_tree.UnknownNode):
        return node
    if not isinstance(node, data_tree.StringNode):
        return None
    text = node.text
    low, dash, high = text.partition("-")
    if dash and _is_digits(low.rstrip(" ")) and _is_digits(high.lstrip(" ")):
        first = _end_in(node, 0, len(low.rstrip(" ")))
        last = _end_in(node, len(text) - len(high.lstrip(" ")), len(text))
        return _range(first, last, node.span)
    if _is_digits(text.removeprefix("-")):
        return _single(_end_in(node, 0, len(text)))
    return None


def _read_ends(first: data_tree.Node, last: data_tree.Node, *, is_count: bool = False) -> LeafValue:
    """Return the range from the leaf `first` to the leaf `last`, or of so many ports."""
    start, stop = _end(first), _end(last)
    if not isinstance(start, _End):
        return start
    if not isinstance(stop, _End):
        return stop
    if is_count and stop.number < 1:
        return InvalidPort(model.Flaw.REVERSED, stop.span)
    if is_count:
        stop = _End(start.number + stop.number - 1, stop.span, None)
    return _range(start, stop, start.span)


def _end(node: data_tree.Node) -> _End | InvalidPort | data_tree.UnknownNode:
    """Return the number in a leaf that is meant as a number."""
    if isinstance(node, data_tree.UnknownNode):
        return node
    if isinstance(node, data_tree.IntNode):
        return _End(node.value, node.span, node.digits)
    if isinstance(node, data_tree.StringNode) and _is_digits(node.text):
        return _end_in(node, 0, len(node.text))
    return InvalidPort(model.Flaw.NOT_A_PORT, node.span)


def _end_in(node: data_tree.StringNode, start: int, end: int) -> _End:
    """Return the number in the digits `node.text[start:end]`."""
    number = _integer_of(node.text[start:end])
    if node.body is None:
        return _End(number, node.span, None)
    span = model.Span(node.body.path, node.body.start + start, node.body.start + end)
    return _End(number, span, span)


def _integer_of(digits: str) -> int:
    """Return `digits`, perhaps with a minus, as a number; very long ones as an invalid port."""
    if len(digits) > _MOST_DIGITS:
        return -model.MAX_PORT - 1 if digits.startswith("-") else model.MAX_PORT + 1
    return int(digits)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _flaw(number: int) -> model.Flaw:
    return model.Flaw.ZERO if number == 0 else model.Flaw.OUT_OF_BOUNDS


def _single(end: _End) -> PortValue | InvalidPort:
    port = model.port_from_int(end.number)
    if port is None:
        return InvalidPort(_flaw(end.number), end.span)
    return PortValue(model.single(port), end.span, () if end.digits is None else (end.digits,))


def _range(first: _End, last: _End, span: model.Span) -> PortValue | InvalidPort:
    for end in (first, last):
        if not model.MIN_PORT <= end.number <= model.MAX_PORT:
            return InvalidPort(_flaw(end.number), end.span)
    if last.number < first.number:
        return InvalidPort(model.Flaw.REVERSED, span)
    digits = [end.digits for end in (first, last) if end.digits is not None]
    ports = model.PortRange(model.Port(first.number), model.Port(last.number))
    return PortValue(ports, span, tuple(digits) if len(digits) == 2 else ())


def shortened(text: str) -> str:
    """Return `text` on one line, shortened for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
