"""Nodes, comments and problems of a YAML document, each with its span."""

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
    target: "Scalar | Mapping | Sequence"
    """The node, shared with all its other aliases."""
    span: Span


Node = Scalar | Mapping | Sequence | Alias


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


def resolve_alias(node: Node) -> Scalar | Mapping | Sequence:
    """Return `node`, or the target of an alias."""
    return node.target if isinstance(node, Alias) else node
