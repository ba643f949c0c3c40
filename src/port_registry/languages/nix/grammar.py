"""Parser of any Nix, by the grammar that `ast-grep-py` bundles.

The grammar's tree is walked once, from
the leaves up and without recursion, and without asking it for offsets (which takes time
proportional to the length of the line): the offsets follow from the texts of the leaves,
because only white space is between two of them.
"""

from collections.abc import Iterator

from ast_grep_py import SgNode, SgRoot

from port_registry.languages.nix.build import branch, leaf, root_node
from port_registry.languages.nix.builder import Builder, BuildPart, Token, UnexpectedShapeError
from port_registry.languages.nix.fast_nodes import WHITE, FastNodes
from port_registry.languages.nix.lookahead import endless_run
from port_registry.languages.nix.parse_errors import first_parse_error
from port_registry.languages.nix.tree import File, Node, ParseProblem
from port_registry.languages.nix.undefined_names import undefined_names
from port_registry.model import Source, Span

MAX_DEPTH = 6000
"""The greatest depth of the grammar's nodes (a set in a set is three levels), which is about
the limit of Nix itself."""
_COMMENT_BUDGET = 100_000_000
"""The grammar looks ahead from an unclosed `/*` to the end of the text; this bounds the number
of characters that it looks at."""
_OPERATORS = frozenset("? + - * / // ++ == != < > <= >= && || -> !".split(" "))
_SIGNS = _OPERATORS.union(
    "{ } ( ) [ ] = ; : , . @ \" '' ${ let in with if then else rec assert or".split(" ")
)
"""The leaves whose kind is their text."""
_MAX_ROUNDS = 4
_MAX_FRAGMENTS = 200
"""The number of misread `//` operators that are corrected at once, and how often."""


class _UnparsableError(Exception):
    """The grammar cannot parse the text after `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _ParserDepthError(Exception):
    """The nesting at `offset` exceeds `MAX_DEPTH`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def read_grammar(source: Source) -> File:
    """Return `source` as a tree, or with its errors of syntax; never raises."""
    builder = Builder(source)
    root: Node | None = None
    try:
        _refuse_endless_lookahead(source)
        root = _Walk(builder).run()
    except _UnparsableError as error:
        errors = [_problem(source, error.offset, "cannot be read as Nix here")]
    except UnexpectedShapeError as error:
        errors = [_problem(source, error.start, "cannot be read as Nix here")]
    except _ParserDepthError as error:
        errors = [_problem(source, error.offset, "nested too deeply here")]
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
    """Return the first error of `source`; by default with `message` at `offset`."""
    error = first_parse_error(source)
    if error is not None:
        return error
    return ParseProblem(message, Span(source.path, offset, min(offset + 1, len(source.text))))


def _refuse_endless_lookahead(source: Source) -> None:
    """Raise where the grammar would look ahead for too long."""
    text = source.text
    last_close = text.rfind("*/") + 1
    unclosed = text.count("/*", last_close)
    if (
        unclosed * (len(text) - last_close) > _COMMENT_BUDGET
        and first_parse_error(source) is not None
    ):
        raise _UnparsableError(last_close)
    run = endless_run(text)
    if run is not None:
        raise _UnparsableError(run)


class _Frame:
    """A node of the grammar whose children are being visited."""

    __slots__ = ("children", "kind", "parts", "start")

    def __init__(self, kind: str, children: Iterator[SgNode]) -> None:
        self.kind = kind
        self.children = children
        self.parts: list[BuildPart] = []
        """The results for the visited children, without the signs between them."""
        self.start = -1
        """The start of the first child."""

    def add(self, part: BuildPart, start: int) -> None:
        """Add the result for a child that starts at `start`."""
        if self.start < 0:
            self.start = start
        self.parts.append(part)


class _Walk:
    """A walk over the grammar's tree, from left to right and from the leaves up."""

    __slots__ = ("_builder", "_end", "_text")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._text = builder.source.text + "\0"
        """The text, followed by a character that is not white space."""
        self._end = 0
        """The end of the last leaf that is not a comment."""

    def run(self) -> Node:
        """Return the tree of the whole text; raises the three errors above."""
        text, fast_nodes = self._text, FastNodes(self._builder)
        frame = _Frame("source_code", iter(_grammar_tree(self._builder.source.text).children()))
        enclosing: list[_Frame] = []
        cursor = 0  # the end of the last leaf
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
                match = fast_nodes.matchers.get(kind)
                if match is not None and (part := match(cursor)) is not None:
                    cursor = self._end = fast_nodes.end
                    frame.add(part, fast_nodes.start)
                elif children := child.children():
                    self._refuse(kind, len(enclosing), cursor)
                    enclosing.append(frame)
                    frame = _Frame(kind, iter(children))
                    break
                else:
                    cursor = self._leaf(kind, child.text(), cursor, frame)
            else:
                if not enclosing:
                    break
                part = branch(self._builder, frame.kind, frame.parts, frame.start, self._end)
                start, frame = frame.start, enclosing.pop()
                frame.add(part, start)
        if _skip(text, cursor) != len(text) - 1:
            raise _UnparsableError(cursor)
        return root_node(frame.parts, len(text) - 1)

    def _refuse(self, kind: str, depth: int, cursor: int) -> None:
        """Raise the error for an erroneous or too deeply nested node after `cursor`."""
        if kind == "ERROR":
            raise _UnparsableError(_skip(self._text, cursor))
        if depth >= MAX_DEPTH:
            raise _ParserDepthError(_skip(self._text, cursor))

    def _leaf(self, kind: str, leaf_text: str, cursor: int, frame: _Frame) -> int:
        """Add the leaf after `cursor`, and return its end."""
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

    The grammar reads `a//b` as a path, which is an update to Nix. Spaces around the operator
    correct that; they do not disturb the walk, because they add only white space.
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
        offset = 0
        segments: list[str] = []
        for fragment in fragments[:_MAX_FRAGMENTS]:
            range_ = fragment.range()
            segments.append(text[offset : range_.start.index])
            offset = range_.end.index
            segments.append(text[range_.start.index : offset].replace("//", " // "))
        text = "".join([*segments, text[offset:]])
        root = SgRoot(text, "nix").root()
    return root


def _place(text: str, leaf_text: str, cursor: int) -> tuple[int, int]:
    """Return the start and end of the leaf after `cursor`.

    Raises `_UnparsableError` where a token is missing (the grammar then has an empty leaf), or
    where anything but white space is in between.
    """
    if not leaf_text:
        raise _UnparsableError(_skip(text, cursor))
    start = cursor if leaf_text[0] in WHITE else _skip(text, cursor)
    if not text.startswith(leaf_text, start):
        raise _UnparsableError(start)
    return start, start + len(leaf_text)


def _find(text: str, sign: str, cursor: int) -> int:
    """Return the offset of `sign`, the leaf after `cursor`; raises `_UnparsableError`."""
    start = text.find(sign, cursor)
    if start != cursor and (start < 0 or text[cursor:start].strip(WHITE)):
        raise _UnparsableError(_skip(text, cursor))
    return start


def _skip(text: str, cursor: int) -> int:
    """Return the offset after the white space at `cursor`."""
    while text[cursor] in WHITE:
        cursor += 1
    return cursor
