"""Nix text in, syntax tree out.

The text is cut by the grammar that `ast-grep-py` bundles. Its tree is walked once, from
the leaves up and without recursion, and without asking it for offsets (each such question
costs the length of the line): the leaves' own texts tell where they stand, because only
white space lies between two of them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from ast_grep_py import SgNode, SgRoot

from port_registry.languages.nix.build import branch, leaf, root_node
from port_registry.languages.nix.builder import Builder, Part, Token, UnsoundError
from port_registry.languages.nix.fast_nodes import WHITE, Glance
from port_registry.languages.nix.parse_errors import complaint
from port_registry.languages.nix.tree import File, Node, ParseProblem
from port_registry.languages.nix.undefined_names import undefined_names
from port_registry.model import Source, Span

MAX_DEPTH = 6000
"""How deep the grammar's nodes may nest (a set in a set is three levels); Nix itself gives
up at about as much."""
_LOOKAHEAD_BUDGET = 100_000_000
"""The grammar looks from every token of a run like `a.b+c-1` to the run's end, to see
whether it is a path, and from a `/*` to the end of the text where nothing closes it; this
bounds how many characters it looks at."""
_LONG_RUN = 256
"""Shorter runs are not counted."""
_OPERATORS = frozenset("? + - * / // ++ == != < > <= >= && || -> !".split(" "))
_SIGNS = _OPERATORS.union(
    "{ } ( ) [ ] = ; : , . @ \" '' ${ let in with if then else rec assert or".split(" ")
)
"""The leaves whose kind is their text; where one is missing, something else stands there."""
_MAX_ROUNDS = 4
_MAX_FRAGMENTS = 200
"""How many misread updates are set right at once, and how often."""


class _BrokenError(Exception):
    """The grammar could make no sense of the text behind the offset it carries."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _ParserDepthError(Exception):
    """The nesting at the offset it carries is beyond `MAX_DEPTH`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


_MOST_KEPT = 64
"""How many trees are kept: those of the files that a run looks at more than once."""


@lru_cache(maxsize=_MOST_KEPT)
def parse(source: Source) -> File:
    """Return `source` as a tree, or the reasons why Nix would refuse it. Never raises.

    A source is parsed once for all who ask while it is among the last few.
    """
    builder = Builder(source)
    root: Node | None = None
    try:
        _refuse_endless_lookahead(source)
        root = _Walk(builder).run()
    except _BrokenError as broken:
        errors = [_problem(source, broken.offset, "cannot be read as Nix here")]
    except UnsoundError as unsound:
        errors = [_problem(source, unsound.start, "cannot be read as Nix here")]
    except _ParserDepthError as deep:
        errors = [_problem(source, deep.offset, "nested too deeply here")]
    else:
        errors = builder.problems or undefined_names(root)
        errors.sort(key=_start)
        builder.duplicates.sort(key=lambda duplicate: duplicate.span.start)
    return File(
        source.path, root, tuple(builder.comments), tuple(errors), tuple(builder.duplicates)
    )


def _start(problem: ParseProblem) -> int:
    return problem.span.start


def _problem(source: Source, offset: int, message: str) -> ParseProblem:
    """Return what is wrong with `source`: `message` where it cannot be told better."""
    found = complaint(source)
    if found is not None:
        return found
    return ParseProblem(message, Span(source.path, offset, min(offset + 1, len(source.text))))


def _refuse_endless_lookahead(source: Source) -> None:
    """Raise where the grammar would look ahead for too long."""
    text = source.text
    behind = text.rfind("*/") + 1
    unclosed = text.count("/*", behind)
    if unclosed * (len(text) - behind) > _LOOKAHEAD_BUDGET and complaint(source) is not None:
        raise _BrokenError(behind)
    if max(map(len, text.split("\n"))) < _LONG_RUN:
        return
    spent = 0
    for run in re.compile(rf"[A-Za-z0-9_.+\-]{{{_LONG_RUN},}}").finditer(text):
        joints = sum(map(run.group().count, "+-."))
        spent += joints * (run.end() - run.start())
        if spent > _LOOKAHEAD_BUDGET:
            raise _BrokenError(run.start())


class _Frame:
    """A node of the grammar whose children are being walked."""

    __slots__ = ("children", "kind", "parts", "start")

    def __init__(self, kind: str, children: Iterator[SgNode]) -> None:
        self.kind = kind
        self.children = children
        self.parts: list[Part] = []
        """What those that were walked have become, without the signs between them."""
        self.start = -1
        """Where the first of these begins."""

    def add(self, part: Part, start: int) -> None:
        """Add what a child, which begins at `start`, has become."""
        if self.start < 0:
            self.start = start
        self.parts.append(part)


class _Walk:
    """One walk over the grammar's tree, from left to right and from the leaves up."""

    __slots__ = ("_builder", "_end", "_text")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._text = builder.source.text + "\0"
        """With a character behind the last, that is no white space."""
        self._end = 0
        """Behind the last leaf that is no comment."""

    def run(self) -> Node:
        """Return the tree of the whole text; raises the three errors above."""
        text, glance = self._text, Glance(self._builder)
        frame = _Frame("source_code", iter(_grammar_tree(self._builder.source.text).children()))
        above: list[_Frame] = []
        cursor = 0  # Behind the last leaf.
        while True:
            for child in frame.children:
                kind = child.kind()
                if kind in _SIGNS:
                    start = cursor
                    if not text.startswith(kind, cursor):
                        start = _find(text, kind, cursor)
                    cursor = self._end = start + len(kind)
                    if frame.start < 0:
                        frame.start = start
                    if kind in _OPERATORS:
                        frame.parts.append(Token(kind, start, cursor))
                    continue
                take = glance.takers.get(kind)
                if take is not None and (made := take(cursor)) is not None:
                    cursor = self._end = glance.end
                    frame.add(made, glance.start)
                elif children := child.children():
                    self._refuse(kind, len(above), cursor)
                    above.append(frame)
                    frame = _Frame(kind, iter(children))
                    break
                else:
                    cursor = self._leaf(kind, child.text(), cursor, frame)
            else:
                if not above:
                    break
                made = branch(self._builder, frame.kind, frame.parts, frame.start, self._end)
                start, frame = frame.start, above.pop()
                frame.add(made, start)
        if _skip(text, cursor) != len(text) - 1:
            raise _BrokenError(cursor)
        return root_node(frame.parts, len(text) - 1)

    def _refuse(self, kind: str, depth: int, cursor: int) -> None:
        """Raise where what follows `cursor` makes no sense, or is nested too deeply."""
        if kind == "ERROR":
            raise _BrokenError(_skip(self._text, cursor))
        if depth >= MAX_DEPTH:
            raise _ParserDepthError(_skip(self._text, cursor))

    def _leaf(self, kind: str, leaf_text: str, cursor: int, frame: _Frame) -> int:
        """Take the leaf that follows `cursor`, and return where it ends."""
        self._refuse(kind, 0, cursor)
        start, end = _place(self._text, leaf_text, cursor)
        if kind == "comment":
            self._builder.comment(start, end)
        else:
            self._end = end
            frame.add(leaf(self._builder, kind, start, end), start)
        return end


def _grammar_tree(text: str) -> SgNode:
    """Return the grammar's tree of `text`.

    The grammar takes `a//b` for a path, where Nix sees an update. Spaces tell it what is
    meant; the walk does not mind them, because white space is all that they add.
    """
    root = SgRoot(text, "nix").root()
    if "//" not in text:
        return root
    for _ in range(_MAX_ROUNDS):
        fragments = [
            node for node in root.find_all(kind="path_fragment") if "//" in node.text()
        ]  # fmt: skip
        if not fragments:
            break
        done = 0
        pieces: list[str] = []
        for fragment in fragments[:_MAX_FRAGMENTS]:
            place = fragment.range()
            pieces.append(text[done : place.start.index])
            done = place.end.index
            pieces.append(text[place.start.index : done].replace("//", " // "))
        text = "".join([*pieces, text[done:]])
        root = SgRoot(text, "nix").root()
    return root


def _place(text: str, leaf_text: str, cursor: int) -> tuple[int, int]:
    """Return where the leaf that follows `cursor` stands.

    Raises `_BrokenError` where a token is missing (the grammar then has an empty leaf), or where
    something else than white space lies between.
    """
    if not leaf_text:
        raise _BrokenError(_skip(text, cursor))
    start = cursor if leaf_text[0] in WHITE else _skip(text, cursor)
    if not text.startswith(leaf_text, start):
        raise _BrokenError(start)
    return start, start + len(leaf_text)


def _find(text: str, sign: str, cursor: int) -> int:
    """Return where `sign`, the leaf that follows `cursor`, stands; raises `_BrokenError`."""
    start = text.find(sign, cursor)
    if start != cursor and (start < 0 or text[cursor:start].strip(WHITE)):
        raise _BrokenError(_skip(text, cursor))
    return start


def _skip(text: str, cursor: int) -> int:
    """Return the offset of what follows the white space at `cursor`."""
    while text[cursor] in WHITE:
        cursor += 1
    return cursor
