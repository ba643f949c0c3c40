"""The tree: nodes, comments and problems, each with its span."""

from enum import Enum
from typing import NamedTuple

from port_registry.languages.yaml.scalar_spans import align
from port_registry.model import Span, TracedText


class ScalarStyle(Enum):
    """How a scalar is written."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


class Scalar(NamedTuple):
    """A single value."""

    value: str
    """The text after quotes, escapes and folding are undone."""
    style: ScalarStyle
    tag: str | None
    """The tag that is written before it, in full; None where there is none."""
    span: Span
    """With its quotes or block header; without its anchor and tag."""
    source: str
    """The whole text that the span lies in."""
    given: TracedText | None = None
    """The value with what it is tied to, where no text in YAML writes it."""

    def traced(self) -> TracedText:
        """Return the value, each stretch of it tied to where it is written."""
        if self.given is not None:
            return self.given
        return align(self.source, self.span, self.value, self.style.value)


class KeyValue(NamedTuple):
    """A key and its value."""

    key: "Node"
    value: "Node"
    span: Span
    """From the key's start to the value's end."""


class Mapping(NamedTuple):
    """Pairs, in the order they are written; merge keys are not resolved here."""

    pairs: tuple[KeyValue, ...]
    flow: bool
    """Whether it is written `{a: b}`."""
    span: Span
    """From the first key, or the brace, to the last value's end, or behind the brace."""
    tag: str | None = None
    """As in `Scalar`."""


class Sequence(NamedTuple):
    """Items, in order."""

    items: tuple["Node", ...]
    flow: bool
    """Whether it is written `[a, b]`."""
    span: Span
    """From the first dash, or the bracket, to the last item's end, or behind the bracket."""
    tag: str | None = None
    """As in `Scalar`."""


class Alias(NamedTuple):
    """A place that stands for a node written elsewhere."""

    name: str
    target: "Scalar | Mapping | Sequence"
    """The node itself, shared with every other alias of it."""
    span: Span


Node = Scalar | Mapping | Sequence | Alias


class YamlComment(NamedTuple):
    """A comment, from its `#` to the end of its line."""

    text: str
    span: Span
    column: int
    """Code points between the line's start and the `#`."""
    alone: bool
    """Whether nothing else stands on its line."""


class YamlProblem(NamedTuple):
    """Why the text, or a part of it, is not what it should be."""

    message: str
    span: Span
    related: Span | None
    """A second place that it speaks of."""


class YamlDocument(NamedTuple):
    """The first document of a text."""

    path: str
    root: Node | None
    """None where the document is empty or cannot be read at all."""
    comments: tuple[YamlComment, ...]
    problems: tuple[YamlProblem, ...]


def resolved(node: Node) -> Scalar | Mapping | Sequence:
    """Return the node that `node` stands for: itself, or an alias's target."""
    return node.target if isinstance(node, Alias) else node
