"""Tokens of Nix, and the nodes of a single token."""

from collections.abc import Sequence
from typing import NoReturn

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.token_patterns import any_token, patterns
from port_registry.languages.nix.tree import MAX_INT, Key, Node
from port_registry.model import DuplicateDefinition, Segment, Source, Span, TracedText

KEYWORDS = frozenset("assert else if in inherit let rec then with".split(" "))
"""Words that cannot be names."""
RESERVED = KEYWORDS | {"or"}
"""Words that cannot be names of variables; `or` can be one of an attribute."""
FINAL = frozenset(";)]},")
"""Characters that end an operand."""
SKIPPED = frozenset(" \t\r\n#/")
"""Characters that start a gap between tokens."""

MAX_DEPTH = 2000
"""The greatest depth of nesting, and the largest number of operators or arguments in a row."""
UNSURE = ""
"""What is noted as a free name where it takes a closer look to tell which names are."""


class NixSyntaxError(Exception):
    """The first token that Nix does not accept where it is."""

    def __init__(self, problem: tree.ParseProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Tokens:
    """A reader of the tokens of one text.

    A method gets the offset of its first token. It returns the offset after its last token,
    with the node, if any; it raises `NixSyntaxError`.
    """

    __slots__ = (
        "comments", "depth", "duplicates", "free", "length", "path", "patterns", "problems",
        "source", "text",
    )  # fmt: skip

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.path
        self.length = len(source.text)
        self.text = source.text + "\0\0"
        """The text, followed by characters that are in no token."""
        self.patterns = patterns()
        self.depth: int = 0
        self.comments: dict[int, int] = {}
        """The start and end of each."""
        self.duplicates: list[DuplicateDefinition] = []
        self.problems: list[tree.ParseProblem] = []
        """Errors after which the next tokens are still meaningful."""
        self.free: set[str] = set()
        """The names used so far in the current scope that it may not define itself."""

    def span(self, start: int, end: int) -> Span:
        """Return the span `[start, end)` of this text."""
        return Span(self.path, start, end)

    # Errors.

    def problem(self, message: str, span: Span) -> None:
        """Add an error at `span`."""
        self.problems.append(tree.ParseProblem(message, span))

    def deeper(self, at: int) -> None:
        """Enter a level of nesting; whoever leaves it decrements `depth`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse_depth(at)

    def refuse(self, message: str, start: int, end: int) -> NoReturn:
        """Raise the error `message` at `[start, end)`."""
        span = self.span(start, min(end, self.length))
        raise NixSyntaxError(tree.ParseProblem(message, span))

    def refuse_depth(self, at: int) -> NoReturn:
        """Raise the error for too deep a nesting at `at`."""
        self.refuse("nested too deeply here", at, at + 1)

    def unexpected(self, at: int, message: str, place: tuple[int, int] | None = None) -> NoReturn:
        """Raise the error for the token at `at`, which `…` in `message` stands for.

        The error is at `place`, by default at the token.
        """
        found = any_token().match(self.text, at)
        if found is None and at < self.length:
            char = self.text[at]
            quoted = f"`{char}`" if char.isprintable() else f"the character U+{ord(char):04X}"
            self.refuse(f"{quoted} has no meaning in Nix here", at, at + 1)
        token = "the end of the file" if found is None else f"`{found[0][:30]}`"
        start, end = place or (at, at if found is None else found.end())
        self.refuse(message.replace("…", token), start, end)

    # Tokens.

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
        if text.startswith("/*", at):
            self.refuse("this comment is never closed", at, at + 2)
        return at

    def take(self, sign: str, at: int, message: str, place: tuple[int, int] | None = None) -> int:
        """Return the offset after `sign`, the token after `at`; raises `message` if it is not."""
        if self.text[at] != sign:
            at = self.gap(at)
            if self.text[at] != sign:
                self.unexpected(at, message, place)
        return at + 1

    def close(self, sign: str, at: int, start: int, opening: str) -> int:
        """Return the offset after `sign`, which closes the bracket `opening` at `start`."""
        if self.text[at] == sign:
            return at + 1
        if self.gap(at) == self.length:
            self.refuse(f"this `{opening}` is never closed", start, start + len(opening))
        return self.take(sign, at, f"expected `{sign}` to close `{opening}`, not …")

    def take_word(self, word: str, at: int, keyword: str, start: int) -> int:
        """Return the offset after `word`, which must follow the `keyword` at `start`."""
        at = self.gap(at)
        found = self.patterns.word.match(self.text, at)
        if found is None or found[1] != word:
            place = (start, start + len(keyword))
            self.unexpected(at, f"this `{keyword}` has no `{word}`", place)
        return found.end()

    def name(
        self,
        at: int,
        reserved: frozenset[str] = KEYWORDS,
        message: str = "expected a name here, not …",
    ) -> tuple[str, int]:
        """Read the name at `at`, which must not be in `reserved`; raises `message`."""
        found = self.patterns.name.match(self.text, at)
        if found is None or found[0] in reserved:
            self.unexpected(at, message)
        return found[0], found.end()

    # Nodes.

    def named(self, text: str, start: int) -> Node | None:
        """Return `text` as a name or selection; None where it starts with a reserved word."""
        path = self.path
        if "." not in text:
            if text in RESERVED:
                return None
            self.free.add(text)
            return make(tree.VarNode, (text, make(Span, (path, start, start + len(text)))))
        names = text.split(".")
        if names[0] in RESERVED:
            return None
        keys = self.keys(names, start)
        self.free.add(names[0])
        subject = make(tree.VarNode, (names[0], keys[0].span))
        span = make(Span, (path, start, start + len(text)))
        return make(tree.Select, (subject, keys[1:], None, span))

    def keys(self, names: Sequence[str], start: int) -> tuple[Key, ...]:
        """Return `names`, which are at `start` with a dot between them, as an attribute path."""
        path = self.path
        is_valid = KEYWORDS.isdisjoint(names)
        keys: list[Key] = []
        for name in names:
            if not is_valid and name in KEYWORDS:
                self.unexpected(start, "expected a name here, not …")
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

    def integer(self, start: int, end: int) -> Node:
        """Return the integer at `[start, end)`."""
        text, span = self.text[start:end], make(Span, (self.path, start, end))
        if len(text) > 18:
            text = text.lstrip("0") or "0"
            if len(text) > 19 or int(text) > MAX_INT:
                largest = f"whose largest is {MAX_INT}"
                self.problem(f"this integer is too large for Nix, {largest}", span)
                text = "0"
        return make(tree.IntLiteral, (int(text), span))
