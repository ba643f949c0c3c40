"""Scanner of the values that TOML and JSON have in common.

The standard library decides what is valid, and where it is not; it keeps no places. The
scanner reads the tree from the text and relies on that decision: it accepts more than either
language does.
"""

import re
from abc import ABC, abstractmethod
from typing import Final

from port_registry.languages import data_tree
from port_registry.model import DuplicateDefinition, Name, NamedTuple, Source, Span

MAX_DEPTH = 64
"""The limit on nested tables and lists, and on the parts of a dotted key."""

_MAX_DIGITS = 40
_MAX_INTEGER: Final = 10**40
"""What integers with more digits are read as, with their sign."""


class UnexpectedTextError(Exception):
    """The text at `offset` is not what the scanner takes."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class NestingError(UnexpectedTextError):
    """The text is nested more than `MAX_DEPTH` levels deep."""


class TableBuilder:
    """A table under construction: TOML adds to a table from several places."""

    __slots__ = ("has_header", "slots", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.slots: dict[str, Slot] = {}
        self.has_header = False
        """Whether a header of its own was read."""

    def build(self) -> data_tree.TableNode:
        """Return the finished table."""
        items: list[data_tree.Attribute] = []
        for key, (key_span, value) in self.slots.items():
            node: data_tree.Node
            if isinstance(value, TableBuilder):
                node = value.build()
            elif isinstance(value, list):
                node = data_tree.ListNode(tuple(table.build() for table in value), value[0].span)
            else:
                node = value
            items.append(data_tree.Attribute(key, key_span, node, node.span))
        return data_tree.TableNode(tuple(items), self.span)


class Slot(NamedTuple):
    """A key of a table under construction, and its value."""

    key_span: Span
    value: data_tree.Node | TableBuilder | list[TableBuilder]


_GAP = re.compile(r"[ \t\r\n\ufeff]+|(#[^\n]*)")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_BARE_VALUE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9][^\s,\]}#]*|[^\s,\]}#]+")
_INTEGER = re.compile(r"[+-]?(?:0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)", re.ASCII)


class DataScanner(ABC):
    """Reads keys and values at a moving offset of a text."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self.offset = 0
        self.duplicates: list[DuplicateDefinition] = []
        self.comments: list[data_tree.DataComment] = []
        self._path = source.path

    @abstractmethod
    def pair(self, table: TableBuilder, prefix: Name, depth: int) -> None:
        """Read a key and its value into `table`, whose name is `prefix`."""

    @abstractmethod
    def decode(self, token: str) -> str:
        """Return the text of a string with escapes, or of several lines.

        Raises `ValueError` where `token` is not a string.
        """

    def peek(self) -> str:
        """Skip white space and comments; return the next character, empty at the end."""
        while (match := _GAP.match(self.text, self.offset)) is not None:
            if match[1] is not None:
                text = match[1].rstrip("\r").lstrip("#")
                self.comments.append(data_tree.DataComment(match.start(), match.end(), text))
            self.offset = match.end()
        return self.text[self.offset : self.offset + 1]

    def take(self, sign: str) -> None:
        """Skip `sign`, which must be next."""
        if self.peek() != sign:
            raise self.unexpected()
        self.offset += 1

    def unexpected(self) -> UnexpectedTextError:
        """Return the error for the text at the present offset."""
        return UnexpectedTextError("cannot be read from here", self.offset)

    def refuse_depth(self, depth: int) -> None:
        """Raise `NestingError` where `depth` is more than is read."""
        if depth > MAX_DEPTH:
            raise NestingError("nested too deeply", self.offset)

    def span_from(self, start: int) -> Span:
        """Return the span from `start` to the present offset."""
        return Span(self._path, start, self.offset)

    def define(
        self, table: TableBuilder, name: Name, key_span: Span, value: data_tree.Node
    ) -> None:
        """Give `table` the attribute `name`, or note that it has one already."""
        earlier = table.slots.get(name[-1])
        if earlier is None:
            table.slots[name[-1]] = Slot(key_span, value)
        else:
            self.duplicate(name, key_span, earlier)

    def duplicate(self, name: Name, key_span: Span, earlier: Slot) -> None:
        """Note that `name` is defined again at `key_span`."""
        self.duplicates.append(DuplicateDefinition(name, key_span, earlier.key_span))

    def value(self, name: Name, depth: int) -> data_tree.Node:
        """Read the value of the attribute `name`."""
        sign = self.peek()
        self.refuse_depth(depth)
        if sign == "{":
            return self._table(name, depth)
        if sign == "[":
            return self._list(name, depth)
        return self.string() if sign and sign in "\"'" else self._bare()

    def _table(self, name: Name, depth: int) -> data_tree.TableNode:
        start = self.offset
        table = TableBuilder(self.span_from(start))
        self.offset += 1
        while self.peek() != "}":
            self.pair(table, name, depth + 1)
            if self.peek() != "}":
                self.take(",")
        self.offset += 1
        table.span = self.span_from(start)
        return table.build()

    def _list(self, name: Name, depth: int) -> data_tree.ListNode:
        start = self.offset
        self.offset += 1
        items: list[data_tree.Node] = []
        while self.peek() != "]":
            items.append(self.value(name, depth + 1))
            if self.peek() != "]":
                self.take(",")
        self.offset += 1
        return data_tree.ListNode(tuple(items), self.span_from(start))

    def string(self) -> data_tree.StringNode:
        """Read a string."""
        match = _STRING.match(self.text, self.offset)
        if match is None:
            raise self.unexpected()
        token, start = match[0], self.offset
        self.offset = match.end()
        span = self.span_from(start)
        is_multiline = token.startswith(('"""', "'''"))
        if not is_multiline and ("\\" not in token or token.startswith("'")):
            body = span._replace(start=span.start + 1, end=span.end - 1)
            return data_tree.StringNode(token[1:-1], span, body)
        try:
            text = self.decode(token)
        except ValueError as error:
            raise UnexpectedTextError("cannot be read from here", start) from error
        # A lone surrogate, which JSON can write, is no text.
        return data_tree.StringNode(text.encode("utf-8", "replace").decode("utf-8"), span, None)

    def _bare(self) -> data_tree.Node:
        """Read a value that is not a string, table or list."""
        match = _BARE_VALUE.match(self.text, self.offset)
        if match is None:
            raise self.unexpected()
        word, start = match[0], self.offset
        self.offset = match.end()
        span = self.span_from(start)
        if word in ("true", "false"):
            return data_tree.BoolNode(word == "true", span)
        if _INTEGER.fullmatch(word):
            digits = None if word[0] in "+-" else span
            return data_tree.IntNode(_integer(word), span, digits)
        if word == "null":
            return data_tree.OtherNode("null", span)
        is_date = len(word) > 2 and word[0].isdigit() and (":" in word or word.count("-") == 2)
        return data_tree.OtherNode("a date" if is_date else "a float", span)


def _integer(word: str) -> int:
    if len(word) > _MAX_DIGITS:
        return -_MAX_INTEGER if word.startswith("-") else _MAX_INTEGER
    if word.lstrip("+-")[:2] in ("0x", "0o", "0b"):
        return int(word, 0)
    return int(word.replace("_", ""))
