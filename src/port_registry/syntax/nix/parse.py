"""Nix text in, syntax tree out.

The text is cut by the grammar that `ast-grep-py` bundles. Its tree is walked once, from
the leaves up and without recursion, and without asking it for offsets (each such question
costs the length of the line): the leaves' own texts tell where they stand, because only
white space lies between two of them.
"""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode, SgRoot

from port_registry.model.span import Source, Span
from port_registry.syntax.nix.build import branch, leaf, root_node
from port_registry.syntax.nix.builder import KEYWORDS, Builder, Part, Token, UnsoundError
from port_registry.syntax.nix.diagnose import complaint
from port_registry.syntax.nix.names import undefined_names
from port_registry.syntax.nix.tree import File, Node, Problem, Var

MAX_DEPTH = 6000
"""How deep the grammar's nodes may nest (a set in a set is three levels); Nix itself gives
up at about as much."""
_LOOKAHEAD_BUDGET = 100_000_000
"""The grammar looks from every token of a run like `a.b+c-1` to the run's end, to see
whether it is a path, and from a `/*` to the end of the text where nothing closes it; this
bounds how many characters it looks at."""
_WHITE = " \t\r\n"
_NAME = r"[a-zA-Z_][\w'-]*"
_PLAIN_STRING = r'"[^"\\$\r\n]*"'
_PLAIN_BINDING = rf"({_NAME})[ \t]*=[ \t]*(?:(\d{{1,18}})|({_PLAIN_STRING}))[ \t]*;"
"""`name = 8080;` or `name = "udp";`, which is most of a registry: known at a glance once
the grammar says that a binding stands here."""
_PLAIN_PATH = rf"{_NAME}(?:\.{_NAME})*(?![\w'-])(?!\s*[./#])"
"""`databases.redis`, with nothing behind it that could carry the path on."""
_SIGNS = frozenset("{ } ( ) [ ] = ; : , . ? @ + - * / // ++ == != < > <= >= && || ->".split(" "))
"""The leaves whose kind is their text; where one is missing, something else stands there."""
_MAX_ROUNDS = 4
_MAX_FRAGMENTS = 200
"""How many misread updates are set right at once, and how often."""


class _BrokenError(Exception):
    """The grammar could make no sense of the text behind the offset it carries."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _TooDeepError(Exception):
    """The nesting at the offset it carries is beyond `MAX_DEPTH`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def parse(source: Source) -> File:
    """Return `source` as a tree, or the reasons why Nix would refuse it. Never raises."""
    builder = Builder(source)
    root: Node | None = None
    try:
        _refuse_endless_lookahead(source)
        root = _Walk(builder).run()
    except _BrokenError as broken:
        errors = [_problem(source, broken.offset, "cannot be read as Nix here")]
    except UnsoundError as unsound:
        errors = [_problem(source, unsound.start, "cannot be read as Nix here")]
    except _TooDeepError as deep:
        errors = [_problem(source, deep.offset, "nested too deeply here")]
    else:
        errors = builder.problems or undefined_names(root)
        errors.sort(key=_start)
        builder.duplicates.sort(key=lambda duplicate: duplicate.span.start)
    return File(
        source.path, root, tuple(builder.comments), tuple(errors), tuple(builder.duplicates)
    )


def _start(problem: Problem) -> int:
    return problem.span.start


def _problem(source: Source, offset: int, message: str) -> Problem:
    """Return what is wrong with `source`: `message` where it cannot be told better."""
    found = complaint(source)
    if found is not None:
        return found
    return Problem(message, Span(source.path, offset, min(offset + 1, len(source.text))))


def _refuse_endless_lookahead(source: Source) -> None:
    """Raise where the grammar would look ahead for too long."""
    text = source.text
    behind = text.rfind("*/") + 1
    unclosed = text.count("/*", behind)
    if unclosed * (len(text) - behind) > _LOOKAHEAD_BUDGET and complaint(source) is not None:
        raise _BrokenError(behind)
    spent = 0
    for run in re.compile(r"[A-Za-z0-9_.+\-]{256,}").finditer(text):
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
        self.start = -1

    def add(self, part: Part, start: int) -> None:
        """Add what a child, which begins at `start`, has become."""
        if self.start < 0:
            self.start = start
        self.parts.append(part)


class _Walk:
    """One walk over the grammar's tree, from left to right and from the leaves up."""

    __slots__ = ("_binding", "_builder", "_cursor", "_end", "_path", "_text")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._text = builder.source.text
        self._cursor = 0
        """Behind the last leaf."""
        self._end = 0
        """Behind the last leaf that is no comment."""
        self._binding = re.compile(_PLAIN_BINDING, re.ASCII)
        self._path = re.compile(_PLAIN_PATH, re.ASCII)

    def run(self) -> Node:
        """Return the tree of the whole text; raises the three errors above."""
        root = _grammar_tree(self._text)
        frame = _Frame("source_code", iter(root.children()))
        above: list[_Frame] = []
        while True:
            child = next(frame.children, None)
            if child is None:
                if not above:
                    break
                made = self._branch(frame)
                start = frame.start
                frame = above.pop()
                frame.add(made, start)
                continue
            kind = child.kind()
            if self._at_a_glance(kind, child, frame):
                continue
            children = child.children()
            if not children:
                self._leaf(kind, child, frame)
                continue
            if len(above) >= MAX_DEPTH:
                raise _TooDeepError(_skip(self._text, self._cursor))
            above.append(frame)
            frame = _Frame(kind, iter(children))
        if _skip(self._text, self._cursor) != len(self._text):
            raise _BrokenError(self._cursor)
        return root_node(frame.parts, len(self._text))

    def _branch(self, frame: _Frame) -> Part:
        return branch(self._builder, frame.kind, frame.parts, frame.start, self._end)

    def _at_a_glance(self, kind: str, node: SgNode, frame: _Frame) -> bool:
        """Take `node` without a look at its children, where its text alone tells all."""
        made: Part
        if kind == "variable_expression":
            start, end = _place(self._text, node.text(), self._cursor)
            name = self._builder.name(start, end)
            made = Var(name, Span(self._builder.source.path, start, end))
        elif kind == "binding":
            start = _skip(self._text, self._cursor)
            found = self._binding.match(self._text, start)
            if found is None or found.group(1) in KEYWORDS:
                return False
            made, end = self._builder.plain_binding(found), found.end()
        elif kind == "attrpath":
            start = _skip(self._text, self._cursor)
            found = self._path.match(self._text, start)
            if found is None or not KEYWORDS.isdisjoint(found.group().split(".")):
                return False
            made, end = self._builder.plain_path(found), found.end()
        elif kind in _SIGNS:
            start = _skip(self._text, self._cursor)
            end = start + len(kind)
            if not self._text.startswith(kind, start):
                raise _BrokenError(start)
            made = Token(kind, start, end)
        elif kind == "ERROR":
            raise _BrokenError(_skip(self._text, self._cursor))
        else:
            return False
        self._cursor = self._end = end
        frame.add(made, start)
        return True

    def _leaf(self, kind: str, node: SgNode, frame: _Frame) -> None:
        start, end = _place(self._text, node.text(), self._cursor)
        self._cursor = end
        if kind == "comment":
            self._builder.comment(start, end)
        else:
            self._end = end
            frame.add(leaf(self._builder, kind, start, end), start)


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
    start = cursor if leaf_text[0] in _WHITE else _skip(text, cursor)
    if not text.startswith(leaf_text, start):
        raise _BrokenError(start)
    return start, start + len(leaf_text)


def _skip(text: str, cursor: int) -> int:
    """Return the offset of what follows the white space at `cursor`."""
    length = len(text)
    while cursor < length and text[cursor] in _WHITE:
        cursor += 1
    return cursor
