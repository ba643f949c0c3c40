"""Tokens of plain Nix, and the nodes of a single token."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.builder import KEYWORDS
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.plain_patterns import patterns
from port_registry.languages.nix.tree import Key, Node
from port_registry.model import DuplicateDefinition, Segment, Source, Span, TracedText

RESERVED = KEYWORDS | {"or"}
"""Words that are not names here; the grammar accepts `or` as a name in some places."""
FINAL = frozenset(";)]},")
"""Characters that end an operand."""
SKIPPED = frozenset(" \t\n#/")
"""Characters that start a gap between tokens."""

UNSURE = ""
"""What is noted as a free name where it takes a closer look to tell which names are."""


class NotPlainError(Exception):
    """A construct that is not plain Nix."""


class PlainTokens:
    """A reader of the tokens of one text.

    A method gets the offset of its first token. It returns the offset after its last token,
    with the node, if any.
    """

    __slots__ = ("comments", "duplicates", "free", "path", "patterns", "source", "text")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.path
        self.text = source.text + "\0\0"
        """The text, followed by characters that are in no token."""
        self.patterns = patterns()
        self.comments: dict[int, int] = {}
        """The start and end of each."""
        self.duplicates: list[DuplicateDefinition] = []
        self.free: set[str] = set()
        """The names used so far in the current scope that it may not define itself."""

    def span(self, start: int, end: int) -> Span:
        """Return the span `[start, end)` of this text."""
        return Span(self.path, start, end)

    def gap(self, at: int) -> int:
        """Return the start of the token after `at`; comments before it are recorded."""
        text = self.text
        if text[at] == " ":
            at += 1
        if text[at] not in SKIPPED:
            return at
        found = self.patterns.space.match(text, at)
        at = at if found is None else found.end()
        return self._commented(at) if text[at] in "#/" else at

    def _commented(self, at: int) -> int:
        text, pattern, space = self.text, self.patterns.comment, self.patterns.space
        while (found := pattern.match(text, at)) is not None:
            self.comments[at] = found.end()
            skipped = space.match(text, found.end())
            at = found.end() if skipped is None else skipped.end()
        return at

    def take(self, sign: str, at: int) -> int:
        """Return the offset after `sign`, which must be the token after `at`."""
        if self.text[at] != sign:
            at = self.gap(at)
            if self.text[at] != sign:
                raise NotPlainError
        return at + 1

    def take_word(self, word: str, at: int) -> int:
        """Return the offset after the keyword `word`, which must be the token after `at`."""
        found = self.patterns.word.match(self.text, self.gap(at))
        if found is None or found[1] != word:
            raise NotPlainError
        return found.end()

    def name(self, at: int) -> tuple[str, int]:
        """Read the name at `at`."""
        found = self.patterns.name.match(self.text, at)
        if found is None or found[0] in RESERVED:
            raise NotPlainError
        return found[0], found.end()

    def named(self, text: str, start: int) -> Node | None:
        """Return `text` as a name or selection; None where it starts with a keyword."""
        if "." not in text:
            if text in RESERVED:
                if text == "or":
                    raise NotPlainError
                return None
            self.free.add(text)
            return make(tree.VarNode, (text, make(Span, (self.path, start, start + len(text)))))
        keys = self.keys(text, start)
        self.free.add(text[: keys[0].span.end - start])
        subject = make(tree.VarNode, (keys[0].name, keys[0].span))
        span = make(Span, (self.path, start, start + len(text)))
        return make(tree.Select, (subject, keys[1:], None, span))

    def keys(self, text: str, start: int) -> tuple[Key, ...]:
        """Return `text` as an attribute path."""
        names = text.split(".")
        if not RESERVED.isdisjoint(names):
            raise NotPlainError
        path = self.path
        keys: list[Key] = []
        for name in names:
            end = start + len(name)
            keys.append(make(Key, (name, None, make(Span, (path, start, end)))))
            start = end + 1
        return tuple(keys)

    def plain(self, start: int, end: int) -> tree.Str:
        """Return the string at `[start, end)`, which has only plain text in its quotes."""
        parts: tuple[tree.TextPart, ...] = ()
        if end - start > 2:
            text = self.text[start + 1 : end - 1]
            inside = make(Span, (self.path, start + 1, end - 1))
            piece = make(Segment, (text, inside, True, ()))
            parts = (make(tree.TextPart, (make(TracedText, (text, (piece,))),)),)
        return make(tree.Str, (parts, make(Span, (self.path, start, end))))

    def simple(self, text: str, start: int) -> Node:
        """Return `text` as an integer, string or selection."""
        if text[0] == '"':
            return self.plain(start, start + len(text))
        if text[0].isdecimal():
            return tree.IntLiteral(int(text), Span(self.path, start, start + len(text)))
        node = self.named(text, start)
        if node is None:
            raise NotPlainError
        return node
