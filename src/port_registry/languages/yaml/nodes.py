"""Nodes, comments and problems of a YAML document, each with its span.

The types of plain scalars follow gopkg.in/yaml.v3 (its `resolve.go`). A merge key, `<<: *base`,
adds the pairs of another mapping whose keys are missing.
"""

from enum import Enum

from port_registry.languages.yaml.scalar_spans import trace_value
from port_registry.model import NamedTuple, Span, TracedText


class ScalarStyle(Enum):
    """The notation of a scalar."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


class Scalar(NamedTuple):
    """A single value."""

    value: str
    """The text with quotes, escapes and folding resolved."""
    style: ScalarStyle
    tag: str | None
    """The explicit tag before it, in full, or None."""
    span: Span
    """With its quotes or block header; without its anchor and tag."""
    source: str
    """The whole text that contains the span."""
    computed: TracedText | None = None
    """The value with its origins, where it is not written in YAML."""

    def traced(self) -> TracedText:
        """Return the value with the spans of its parts."""
        if self.computed is not None:
            return self.computed
        return trace_value(self.source, self.span, self.value, self.style.value)


class KeyValue(NamedTuple):
    """A key and its value."""

    key: "Node"
    value: "Node"
    span: Span
    """From the key's start to the value's end."""


class Mapping(NamedTuple):
    """Pairs, in the order of the text; merge keys are not resolved."""

    pairs: tuple[KeyValue, ...]
    flow: bool
    """Whether it is in flow style, `{a: b}`."""
    span: Span
    """From the first key, or the brace, to the end of the last value, or the brace."""
    tag: str | None = None
    """As in `Scalar`."""


class Sequence(NamedTuple):
    """Items, in order."""

    items: tuple["Node", ...]
    flow: bool
    """Whether it is in flow style, `[a, b]`."""
    span: Span
    """From the first dash, or the bracket, to the end of the last item, or the bracket."""
    tag: str | None = None
    """As in `Scalar`."""


class Alias(NamedTuple):
    """A reference to a node elsewhere."""

    name: str
    target: "Target"
    """The node, shared with all its other aliases."""
    span: Span


Target = Scalar | Mapping | Sequence
Node = Target | Alias


class YamlComment(NamedTuple):
    """A comment, from its `#` to the end of its line."""

    text: str
    span: Span
    column: int
    """The number of code points before the `#` on its line."""
    own_line: bool
    """Whether nothing else is on its line."""


class YamlProblem(NamedTuple):
    """An error in the text."""

    message: str
    span: Span
    related: Span | None
    """A secondary location."""


class YamlDocument(NamedTuple):
    """The first document of a text."""

    path: str
    root: Node | None
    """None where the document is empty or not valid."""
    comments: tuple[YamlComment, ...]
    problems: tuple[YamlProblem, ...]


def resolve_alias(node: Node) -> Target:
    """Return `node`, or the target of an alias."""
    return node.target if isinstance(node, Alias) else node


_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_MAX_DIGITS = 1000
"""The length of the longest integer; Python's own limit is 4300 digits."""


def is_null(node: Node) -> bool:
    """Return whether the node is null: `~`, `null`, or empty."""
    node = resolve_alias(node)
    if not isinstance(node, Scalar):
        return False
    return node.style is ScalarStyle.PLAIN and node.tag is None and node.value in _NULLS


def as_bool(node: Scalar) -> bool | None:
    """Return the value of the scalar for a boolean field, or None."""
    plain = node.style is ScalarStyle.PLAIN
    if node.value in _TRUE and (plain or node.value not in ("true", "True", "TRUE")):
        return True
    if node.value in _FALSE and (plain or node.value not in ("false", "False", "FALSE")):
        return False
    return None


def as_integer(node: Scalar) -> int | None:
    """Return the value of the plain scalar for an integer field, or None."""
    if node.style is not ScalarStyle.PLAIN or len(node.value) > _MAX_DIGITS:
        return None
    text = node.value.replace("_", "")
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits[:1].isdigit() or not digits.isascii():
        return None
    try:
        if digits[:1] == "0" and digits.isdigit() and len(digits) > 1:
            return sign * int(digits, 8)
        return sign * int(digits, 0)
    except ValueError:
        return _whole_float(text)


def _whole_float(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if abs(number) < 1 << 62 else None


_MAX_CHAIN = 100
"""The longest chain of mappings that merge one another; the rest is omitted."""


class MergedKey(NamedTuple):
    """A key of a mapping after merging."""

    key: Scalar
    """The key as written, which for a merged key is in another mapping."""
    value: Node


def is_merge(key: Node) -> bool:
    """Return whether `key` is a merge key."""
    return isinstance(key, Scalar) and key.value == "<<" and key.style is ScalarStyle.PLAIN


class Merger:
    """A cache of the merged mappings of one document."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[Mapping, dict[str, MergedKey]]] = {}

    def entries(self, mapping: Mapping) -> dict[str, MergedKey]:
        """Return the mapping's keys with their values, own ones first.

        Where several merged mappings have a key, the first counts. Keys that are not scalars
        are omitted.
        """
        return self._entries(mapping, 0)

    def _entries(self, mapping: Mapping, depth: int) -> dict[str, MergedKey]:
        cached = self._cache.get(id(mapping))
        if cached is not None:
            return cached[1]
        entries: dict[str, MergedKey] = {}
        mappings: list[Mapping] = []
        for pair in mapping.pairs:
            if is_merge(pair.key):
                mappings.extend(_merged(pair.value))
                continue
            key = resolve_alias(pair.key)
            if isinstance(key, Scalar):
                entries.setdefault(key.value, MergedKey(key, pair.value))
        if depth < _MAX_CHAIN:
            for other in mappings:
                for name, entry in self._entries(other, depth + 1).items():
                    entries.setdefault(name, entry)
        self._cache[id(mapping)] = (mapping, entries)
        return entries


def _merged(value: Node) -> list[Mapping]:
    """Return the mappings that a merge key's value names."""
    value = resolve_alias(value)
    nodes = value.items if isinstance(value, Sequence) else (value,)
    targets = [resolve_alias(node) for node in nodes]
    return [target for target in targets if isinstance(target, Mapping)]
