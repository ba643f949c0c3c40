"""State and intermediate results of building a syntax tree."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.attrset_merge import Bind, Inherit
from port_registry.languages.nix.tree import Key, Node
from port_registry.model import DuplicateDefinition, NamedTuple, Source, Span

KEYWORDS = frozenset("assert else if in inherit let rec then with".split(" "))
"""Words that cannot be names."""


class Token(NamedTuple):
    """A leaf of the grammar that is not an expression."""

    kind: str
    start: int
    end: int


class Keys(NamedTuple):
    """An attribute path, or the names of an `inherit`."""

    keys: tuple[Key, ...]


class Bindings(NamedTuple):
    """The bindings between the braces of a set."""

    items: tuple[Bind | Inherit, ...]


BuildPart = (
    Token
    | Keys
    | Bindings
    | Bind
    | Inherit
    | tree.Formal
    | tree.Formals
    | tree.Interpolation
    | Node
)
"""The result for a node of the grammar, from which that of its parent is built."""


class UnexpectedShapeError(Exception):
    """The grammar's tree does not have the expected shape between two offsets."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.start = start
        self.end = end


class Builder:
    """A collector of the comments, problems and duplicates of one file."""

    __slots__ = ("comments", "duplicates", "problems", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.comments: list[tree.NixComment] = []
        self.problems: list[tree.ParseProblem] = []
        self.duplicates: list[DuplicateDefinition] = []

    def span(self, start: int, end: int) -> Span:
        """Return the span `[start, end)` of this file."""
        return Span(self.source.path, start, end)

    def text(self, token: Token) -> str:
        """Return the text of `token`."""
        return self.source.text[token.start : token.end]

    def comment(self, start: int, end: int) -> None:
        """Add the comment at `[start, end)`."""
        text = self.source.text[start:end]
        if text.startswith("#") and "\r" in text:
            text = text.removesuffix("\r")
            end = start + len(text)
            if "\r" in text:
                offset = start + text.index("\r")
                message = "to Nix, this comment ends at the carriage return in it"
                self.problem(message, offset, offset + 1)
        self.comments.append(tree.NixComment(text, self.span(start, end)))

    def name(self, start: int, end: int) -> str:
        """Return the name at `[start, end)`; a keyword is a problem."""
        text = self.source.text[start:end]
        if text in KEYWORDS:
            self.problem(f"expected a name here, not `{text}`", start, end)
        return text

    def problem(self, message: str, start: int, end: int) -> None:
        """Add an error of syntax at `[start, end)`."""
        self.problems.append(tree.ParseProblem(message, self.span(start, end)))


def key_of(node: Node, span: Span) -> Key:
    """Return the attribute name that `node` computes, which is written at `span`."""
    if not isinstance(node, tree.Str):
        return Key(None, node, span)
    text = ""
    for part in node.parts:
        if not isinstance(part, tree.TextPart):
            return Key(None, node, span)
        text += part.traced.text
    return Key(text, None, span)
