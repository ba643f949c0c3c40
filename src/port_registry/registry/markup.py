"""TOML and JSON registries as trees.

The standard library decides what is valid and says where it is not; it keeps no places, so
the tree is read from the text here, once that is known to be valid. Only a key that is
defined twice, which TOML refuses, is let through: it becomes a `DuplicateDefinition`.
"""

import re
from functools import cache
from typing import NamedTuple

from port_registry.model import (
    MAX_PORT,
    DuplicateDefinition,
    Name,
    Position,
    RegistryError,
    Source,
    Span,
)
from port_registry.registry.comments import RegistryComment
from port_registry.registry.data_tree import (
    Attribute,
    BoolNode,
    IntNode,
    ListNode,
    Node,
    OtherNode,
    StringNode,
    TableNode,
)

_MOST_DEPTH = 64
"""How deep tables and lists may be nested."""

_MOST_DIGITS = 40
"""Longer integers are all the same: no port."""


class MarkupDocument(NamedTuple):
    """A file as read."""

    root: TableNode
    twins: tuple[DuplicateDefinition, ...]
    comments: tuple[RegistryComment, ...]


def read_toml(source: Source) -> MarkupDocument:
    """Read a TOML file; raises `RegistryError` where it is none."""
    scanner = _Scanner(source, "=")
    try:
        document = _scan_toml(scanner)
    except _LostError as error:
        _check_toml(source, [])
        raise _error(source, error.message, source.position(error.offset)) from error
    _check_toml(source, scanner.twin_keys)
    return document


_BLANK = " \t\r\n\ufeff"


def read_json(source: Source) -> MarkupDocument:
    """Read a JSON file; raises `RegistryError` where it is none."""
    _check_json(source)
    scanner = _Scanner(source, ":")
    try:
        root = scanner.value((), 0)
    except _LostError as error:
        raise _error(source, error.message, source.position(error.offset)) from error
    if not isinstance(root, TableNode):
        hint = "a registry is an object of names and ports"
        start = source.position(len(source.text) - len(source.text.lstrip(_BLANK)))
        message = "it is not a JSON object"
        raise RegistryError(message, path=source.path, position=start, hint=hint)
    return MarkupDocument(root, tuple(scanner.twins), ())


def _error(source: Source, message: str, position: Position) -> RegistryError:
    return RegistryError(message, path=source.path, position=position)


def _check_toml(source: Source, twins: list[Span]) -> None:
    """Raise the error for what is no TOML, were it not for the keys at `twins`."""
    import tomllib

    text = source.text
    for number, span in enumerate(sorted(twins, reverse=True)):
        text = f"{text[: span.start]}twin-of-a-key-{number}{text[span.end :]}"
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
        message = str(error)[: place.start()] if place else str(error)
        position = source.position(len(source.text))
        if place and place[1]:
            position = Position(int(place[1]), int(place[2]))
        raise _error(source, f"invalid TOML: {_lower(message)}", position) from error
    except RecursionError as error:
        raise _error(source, "invalid TOML: nested too deeply", Position(1, 1)) from error
    except ValueError as error:
        raise _error(source, "invalid TOML: a number is too long", Position(1, 1)) from error


def _check_json(source: Source) -> None:
    """Raise the error for what is no JSON."""
    import json

    try:
        json.loads(source.text.removeprefix("\ufeff"), parse_int=len)
    except json.JSONDecodeError as error:
        position = Position(error.lineno, error.colno)
        message = _lower(error.msg).removesuffix(" at")
        raise _error(source, f"invalid JSON: {message}", position) from error
    except RecursionError as error:
        raise _error(source, "invalid JSON: nested too deeply", Position(1, 1)) from error


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


class _LostError(Exception):
    """The text is not what the scanner takes."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class _Table:
    """A table that is being put together: TOML adds to tables from several places."""

    __slots__ = ("headed", "items", "span")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.items: dict[str, _Slot] = {}
        self.headed = False
        """Whether a header of its own was seen."""


class _Slot(NamedTuple):
    key_span: Span
    value: "Node | _Table | list[_Table]"


def _frozen(table: _Table) -> TableNode:
    items: list[Attribute] = []
    for key, (key_span, value) in table.items.items():
        node: Node
        if isinstance(value, _Table):
            node = _frozen(value)
        elif isinstance(value, list):
            node = ListNode(tuple(_frozen(one) for one in value), value[0].span)
        else:
            node = value
        items.append(Attribute(key, key_span, node, node.span))
    return TableNode(tuple(items), table.span)


class _MarkupPatterns(NamedTuple):
    """What the scanner looks for; compiled when it is first used."""

    gap: re.Pattern[str]
    string: re.Pattern[str]
    bare_key: re.Pattern[str]
    bare_value: re.Pattern[str]
    integer: re.Pattern[str]


@cache
def _patterns() -> _MarkupPatterns:
    return _MarkupPatterns(
        gap=re.compile(r"[ \t\r\n\ufeff]+|(#[^\n]*)"),
        string=re.compile(
            r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
            r"|'''(?:[^']|'(?!''))*+'{3,5}"
            r'|"(?:[^"\\\n]|\\.)*+"'
            r"|'[^'\n]*+'",
            re.DOTALL,
        ),
        bare_key=re.compile(r"[A-Za-z0-9_-]+"),
        bare_value=re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9][^\s,\]}#]*|[^\s,\]}#]+"),
        integer=re.compile(r"[+-]?(?:0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*)", re.ASCII),
    )


class _Scanner:
    """Reads keys and values at a moving place of a text that is known to be valid."""

    def __init__(self, source: Source, assign: str) -> None:
        self.path = source.path
        self.text = source.text
        self.at = 0
        self.assign = assign
        """What stands between a key and its value."""
        self.twins: list[DuplicateDefinition] = []
        self.twin_keys: list[Span] = []
        self.comments: list[RegistryComment] = []

    def peek(self) -> str:
        """Pass white space and comments; return the next character, empty at the end."""
        gap = _patterns().gap
        while (found := gap.match(self.text, self.at)) is not None:
            if found[1] is not None:
                text = found[1].rstrip("\r").lstrip("#")
                self.comments.append(RegistryComment(found.start(), found.end(), text))
            self.at = found.end()
        return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        """Pass `sign`, which must be next."""
        if self.peek() != sign:
            raise self.lost()
        self.at += 1

    def lost(self, message: str = "cannot be read from here") -> _LostError:
        """Return the error for the present place."""
        return _LostError(message, self.at)

    def span_from(self, start: int) -> Span:
        """Return the span from `start` to the present place."""
        return Span(self.path, start, self.at)

    def keys(self) -> list[tuple[str, Span]]:
        """Read a key, of several parts where it is dotted."""
        parts: list[tuple[str, Span]] = []
        while True:
            sign = self.peek()
            start = self.at
            if sign and sign in "\"'":
                key = self.string().text
            elif (found := _patterns().bare_key.match(self.text, start)) is not None:
                key = found[0]
                self.at = found.end()
            else:
                raise self.lost()
            parts.append((key, self.span_from(start)))
            if len(parts) > _MOST_DEPTH:
                raise self.lost("nested too deeply")
            if self.assign != "=" or self.peek() != ".":
                return parts
            self.at += 1

    def value(self, name: Name, depth: int) -> Node:
        """Read the value of the attribute `name`."""
        sign = self.peek()
        start = self.at
        if depth > _MOST_DEPTH:
            raise self.lost("nested too deeply")
        if sign == "{":
            table = _Table(Span(self.path, start, start))
            self.at += 1
            while self.peek() != "}":
                self.pair(table, name, depth + 1)
                if self.peek() != "}":
                    self.take(",")
            self.at += 1
            table.span = self.span_from(start)
            return _frozen(table)
        if sign == "[":
            self.at += 1
            items: list[Node] = []
            while self.peek() != "]":
                items.append(self.value(name, depth + 1))
                if self.peek() != "]":
                    self.take(",")
            self.at += 1
            return ListNode(tuple(items), self.span_from(start))
        if sign and sign in "\"'":
            return self.string()
        return self.bare()

    def pair(self, table: _Table, prefix: Name, depth: int) -> None:
        """Read a key and its value into `table`, which is called `prefix`."""
        *above, (key, span) = self.keys()
        for part, part_span in above:
            table = self.below(table, prefix, part, part_span)
            prefix = (*prefix, part)
        self.take(self.assign)
        value = self.value((*prefix, key), depth)
        earlier = table.items.get(key)
        if earlier is None:
            table.items[key] = _Slot(span, value)
        else:
            self.twin((*prefix, key), span, earlier)

    def twin(self, name: Name, span: Span, earlier: _Slot) -> None:
        """Note that `name` is defined again at `span`."""
        self.twins.append(DuplicateDefinition(name, span, earlier.key_span))
        self.twin_keys.append(span)

    def below(self, table: _Table, prefix: Name, key: str, span: Span) -> _Table:
        """Return the table `key` of `table`, made where there is none."""
        slot = table.items.get(key)
        if slot is None:
            made = _Table(span)
            table.items[key] = _Slot(span, made)
            return made
        if isinstance(slot.value, _Table):
            return slot.value
        if isinstance(slot.value, list):
            return slot.value[-1]
        self.twin((*prefix, key), span, slot)
        return _Table(span)

    def string(self) -> StringNode:
        """Read a string."""
        found = _patterns().string.match(self.text, self.at)
        if found is None:
            raise self.lost()
        self.at = found.end()
        token = found[0]
        span = Span(self.path, found.start(), found.end())
        long = token.startswith(('"""', "'''"))
        if not long and ("\\" not in token or token.startswith("'")):
            return StringNode(token[1:-1], span, Span(self.path, span.start + 1, span.end - 1))
        return StringNode(self.decoded(token, found.start()), span, None)

    def decoded(self, token: str, start: int) -> str:
        """Return what a string with escapes, or of several lines, says."""
        try:
            if self.assign == ":":
                import json

                value = str(json.loads(token))
            else:
                import tomllib

                value = str(tomllib.loads(f"v = {token}")["v"])
        except ValueError as error:
            raise _LostError("cannot be read from here", start) from error
        return value.encode("utf-8", "replace").decode("utf-8")

    def bare(self) -> Node:
        """Read a value that is no string, table or list."""
        found = _patterns().bare_value.match(self.text, self.at)
        if found is None:
            raise self.lost()
        self.at = found.end()
        word = found[0]
        span = Span(self.path, found.start(), found.end())
        if word in ("true", "false"):
            return BoolNode(word == "true", span)
        if _patterns().integer.fullmatch(word):
            digits = None if word[0] in "+-" else span
            return IntNode(_integer(word), span, digits)
        if word == "null":
            return OtherNode("null", span)
        is_date = len(word) > 2 and word[0].isdigit() and (":" in word or word.count("-") == 2)
        return OtherNode("a date" if is_date else "a float", span)


def _integer(word: str) -> int:
    """Return an integer; one of many digits as one that is no port."""
    if len(word) > _MOST_DIGITS:
        return -MAX_PORT - 1 if word.startswith("-") else MAX_PORT + 1
    if word.lstrip("+-")[:2] in ("0x", "0o", "0b"):
        return int(word, 0)
    return int(word.replace("_", ""))


def _scan_toml(scanner: _Scanner) -> MarkupDocument:
    """Read a whole TOML file."""
    root = table = _Table(Span(scanner.path, 0, 0))
    prefix: Name = ()
    while sign := scanner.peek():
        if sign == "[":
            table, prefix = _header(scanner, root)
        else:
            scanner.pair(table, prefix, 1)
    return MarkupDocument(_frozen(root), tuple(scanner.twins), tuple(scanner.comments))


def _header(scanner: _Scanner, root: _Table) -> tuple[_Table, Name]:
    """Read `[a.b]` or `[[a.b]]`; return the table it opens and its name."""
    start = scanner.at
    scanner.take("[")
    is_list = scanner.text[scanner.at : scanner.at + 1] == "["
    if is_list:
        scanner.take("[")
    *above, (key, key_span) = scanner.keys()
    scanner.take("]")
    if is_list:
        scanner.take("]")
    span = scanner.span_from(start)
    table = root
    prefix: Name = ()
    for part, part_span in above:
        table = scanner.below(table, prefix, part, part_span)
        prefix = (*prefix, part)
    name = (*prefix, key)
    slot = table.items.get(key)
    if is_list:
        made = _Table(span)
        if slot is None:
            table.items[key] = _Slot(key_span, [made])
        elif isinstance(slot.value, list):
            slot.value.append(made)
        else:
            scanner.twin(name, key_span, slot)
        return made, name
    opened = scanner.below(table, prefix, key, key_span)
    if slot is None or (isinstance(slot.value, _Table) and not slot.value.headed):
        table.items[key] = _Slot(key_span, opened)
    elif isinstance(slot.value, (_Table, list)):
        scanner.twin(name, key_span, slot)
    opened.headed, opened.span = True, span
    return opened, name
