"""Fast path for simple nodes of the grammar, by their text.

Once the grammar has given the kind of a node, a pattern can match simple ones as a whole, most
bindings, names, selections and strings, without visiting their children.
"""

import re
from collections.abc import Callable
from functools import cache

from port_registry.languages.nix.attrset_merge import Bind
from port_registry.languages.nix.builder import KEYWORDS, Builder, BuildPart, Keys
from port_registry.languages.nix.tree import IntLiteral, Key, Node, Select, Str, TextPart, VarNode
from port_registry.model import NamedTuple, Segment, Span, TracedText

WHITE = " \t\r\n"
"""The characters of white space between two tokens."""

_SPACE = rf"[{WHITE}]*+"
_NAME = r"[a-zA-Z_][\w'-]*+"
_NAMES = rf"{_NAME}(?:\.{_NAME})*+"
_STRING = r'"[^"\\$\r\n]*+"'


class _Patterns(NamedTuple):
    """The patterns of simple nodes, each with the white space before it."""

    name: re.Pattern[str]
    string: re.Pattern[str]
    binding: re.Pattern[str]
    """`name = 8080;`, `name = "udp";` or `name = cfg.port;`: most of a registry, and much of
    any module."""
    path: re.Pattern[str]
    """`databases.redis`, with nothing after it that could continue the path."""
    selection: re.Pattern[str]
    """The same as an expression, which `or` could continue as well."""
    inherited: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    value = rf"(?:(\d{{1,18}})|({_STRING})|({_NAMES}))"
    shapes = (
        rf"({_NAME})",
        rf"({_STRING})",
        rf"({_NAMES})[ \t]*+=[ \t]*+{value}[ \t]*+;",
        rf"({_NAMES})(?!\s*+[./#])",
        rf"({_NAMES})(?!\s*+(?:[./#]|or\b))",
        rf"({_NAME}(?:[{WHITE}]++{_NAME})*+)(?={_SPACE};)",
    )
    return _Patterns(*(re.compile(_SPACE + shape, re.ASCII) for shape in shapes))


class FastNodes:
    """A matcher of simple nodes."""

    __slots__ = ("_builder", "_patterns", "_text", "end", "matchers", "start")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._patterns = _patterns()
        self._text = builder.source.text
        self.start = 0
        """The start of the last matched node."""
        self.end = 0
        """The end of the last matched node."""
        self.matchers: dict[str, Callable[[int], BuildPart | None]] = {
            "attrpath": self._match_path,
            "binding": self._match_binding,
            "inherited_attrs": self._match_inherited,
            "select_expression": self._match_selection,
            "string_expression": self._match_string,
            "variable_expression": self._match_variable,
        }
        """By kind, the function that returns the node after an offset; None if not simple."""

    def _match_variable(self, cursor: int) -> VarNode | None:
        match = self._patterns.name.match(self._text, cursor)
        if match is None:
            return None
        start, end = self.start, self.end = match.span(1)
        return VarNode(self._builder.name(start, end), Span(self._builder.source.path, start, end))

    def _match_string(self, cursor: int) -> Str | None:
        match = self._patterns.string.match(self._text, cursor)
        if match is None:
            return None
        start, end = self.start, self.end = match.span(1)
        return self._string(start, end)

    def _match_path(self, cursor: int) -> Keys | None:
        match = self._patterns.path.match(self._text, cursor)
        if match is None:
            return None
        self.start, self.end = match.span(1)
        return self._keys(match[1].split("."), self.start)

    def _match_selection(self, cursor: int) -> Node | None:
        match = self._patterns.selection.match(self._text, cursor)
        if match is None:
            return None
        self.start, self.end = match.span(1)
        return self._named(match[1], self.start)

    def _match_binding(self, cursor: int) -> Bind | None:
        match = self._patterns.binding.match(self._text, cursor)
        if match is None:
            return None
        keys = self._keys(match[1].split("."), match.start(1))
        node: Node | None
        if match.lastindex == 2:
            node = IntLiteral(int(match[2]), self._span(*match.span(2)))
        elif match.lastindex == 3:
            node = self._string(*match.span(3))
        else:
            node = self._named(match[4], match.start(4))
        if keys is None or node is None:
            return None
        start, end = self.start, self.end = match.start(1), match.end()
        return Bind(keys.keys, node, self._span(start, end))

    def _match_inherited(self, cursor: int) -> Keys | None:
        match = self._patterns.inherited.match(self._text, cursor)
        if match is None or not KEYWORDS.isdisjoint(match[1].split()):
            return None
        self.start, self.end = match.span(1)
        path = self._builder.source.path
        names = re.compile(_NAME, re.ASCII).finditer(self._text, self.start, self.end)
        return Keys(tuple([Key(name[0], None, Span(path, *name.span())) for name in names]))

    def _span(self, start: int, end: int) -> Span:
        return Span(self._builder.source.path, start, end)

    def _string(self, start: int, end: int) -> Str:
        """Return the string at `[start, end)`, which has only plain text in its quotes."""
        path = self._builder.source.path
        parts: tuple[TextPart, ...] = ()
        if end - start > 2:
            text = self._text[start + 1 : end - 1]
            segment = Segment(text, Span(path, start + 1, end - 1), verbatim=True)
            parts = (TextPart(TracedText(text, (segment,))),)
        return Str(parts, Span(path, start, end))

    def _keys(self, names: list[str], start: int) -> Keys | None:
        """Return the attribute path of `names`; None where one of them is a keyword."""
        if not KEYWORDS.isdisjoint(names):
            return None
        path = self._builder.source.path
        keys: list[Key] = []
        for name in names:
            end = start + len(name)
            keys.append(Key(name, None, Span(path, start, end)))
            start = end + 1
        return Keys(tuple(keys))

    def _named(self, text: str, start: int) -> Node | None:
        """Return the name or selection `text`; None where it contains a keyword."""
        names = text.split(".")
        keys = self._keys(names, start)
        if keys is None:
            return None
        subject = VarNode(names[0], keys.keys[0].span)
        if len(names) == 1:
            return subject
        return Select(subject, keys.keys[1:], None, self._span(start, start + len(text)))
