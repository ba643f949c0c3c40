"""Nodes of the grammar that are known by their text alone.

Once the grammar says what stands at a place, a pattern can take the simple cases of it as a
whole: most bindings, names, selections and strings, without a look at what they are made of.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from port_registry.languages.nix.attrset_merge import Bind
from port_registry.languages.nix.builder import KEYWORDS, Builder, Keys, Part
from port_registry.languages.nix.tree import IntLiteral, Key, Node, Select, Str, TextPart, VarNode
from port_registry.model import Segment, Span, TracedText

WHITE = " \t\r\n"
"""What may stand between two tokens."""

_SPACE = rf"[{WHITE}]*+"
_NAME = r"[a-zA-Z_][\w'-]*+"
_NAMES = rf"{_NAME}(?:\.{_NAME})*+"
_STRING = r'"[^"\\$\r\n]*+"'


class _Patterns(NamedTuple):
    """The shapes that are known, each with the white space before it."""

    name: re.Pattern[str]
    string: re.Pattern[str]
    binding: re.Pattern[str]
    """`name = 8080;`, `name = "udp";` or `name = cfg.port;`: most of a registry, and much of
    any module."""
    path: re.Pattern[str]
    """`databases.redis`, with nothing behind it that could carry the path on."""
    selection: re.Pattern[str]
    """The same as an expression, which `or` could carry on as well."""
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


class Glance:
    """Takes nodes at a glance."""

    __slots__ = ("_builder", "_patterns", "_text", "end", "start", "takers")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._patterns = _patterns()
        self._text = builder.source.text
        self.start = 0
        """Where the node begins that was taken last."""
        self.end = 0
        """Behind it."""
        self.takers: dict[str, Callable[[int], Part | None]] = {
            "attrpath": self._take_path,
            "binding": self._take_binding,
            "inherited_attrs": self._take_inherited,
            "select_expression": self._take_selection,
            "string_expression": self._take_string,
            "variable_expression": self._take_variable,
        }
        """What returns the node of a kind behind an offset; None where it is not simple."""

    def _take_variable(self, cursor: int) -> VarNode | None:
        found = self._patterns.name.match(self._text, cursor)
        if found is None:
            return None
        start, end = self.start, self.end = found.span(1)
        return VarNode(self._builder.name(start, end), Span(self._builder.source.path, start, end))

    def _take_string(self, cursor: int) -> Str | None:
        found = self._patterns.string.match(self._text, cursor)
        if found is None:
            return None
        start, end = self.start, self.end = found.span(1)
        return self._string(start, end)

    def _take_path(self, cursor: int) -> Keys | None:
        found = self._patterns.path.match(self._text, cursor)
        if found is None:
            return None
        self.start, self.end = found.span(1)
        return self._keys(found[1].split("."), self.start)

    def _take_selection(self, cursor: int) -> Node | None:
        found = self._patterns.selection.match(self._text, cursor)
        if found is None:
            return None
        self.start, self.end = found.span(1)
        return self._named(found[1], self.start)

    def _take_binding(self, cursor: int) -> Bind | None:
        found = self._patterns.binding.match(self._text, cursor)
        if found is None:
            return None
        keys = self._keys(found[1].split("."), found.start(1))
        node: Node | None
        if found.lastindex == 2:
            node = IntLiteral(int(found[2]), self._span(*found.span(2)))
        elif found.lastindex == 3:
            node = self._string(*found.span(3))
        else:
            node = self._named(found[4], found.start(4))
        if keys is None or node is None:
            return None
        start, end = self.start, self.end = found.start(1), found.end()
        return Bind(keys.keys, node, self._span(start, end))

    def _take_inherited(self, cursor: int) -> Keys | None:
        found = self._patterns.inherited.match(self._text, cursor)
        if found is None or not KEYWORDS.isdisjoint(found[1].split()):
            return None
        self.start, self.end = found.span(1)
        path = self._builder.source.path
        names = re.compile(_NAME, re.ASCII).finditer(self._text, self.start, self.end)
        return Keys(tuple([Key(name[0], None, Span(path, *name.span())) for name in names]))

    def _span(self, start: int, end: int) -> Span:
        return Span(self._builder.source.path, start, end)

    def _string(self, start: int, end: int) -> Str:
        """Return the string at `[start, end)`, which has only text between its quotes."""
        path = self._builder.source.path
        parts: tuple[TextPart, ...] = ()
        if end - start > 2:
            text = self._text[start + 1 : end - 1]
            piece = Segment(text, Span(path, start + 1, end - 1), verbatim=True)
            parts = (TextPart(TracedText(text, (piece,))),)
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
        """Return the name or selection that `text` is; None where a keyword is in it."""
        names = text.split(".")
        keys = self._keys(names, start)
        if keys is None:
            return None
        subject = VarNode(names[0], keys.keys[0].span)
        if len(names) == 1:
            return subject
        return Select(subject, keys.keys[1:], None, self._span(start, start + len(text)))
