"""TOML documents, with the place of every key and value."""

import re
import tomllib
from collections.abc import Iterable

from port_registry.languages import data_scanner
from port_registry.languages.data_tree import DataComment, DataSyntaxError, TableNode
from port_registry.model import DuplicateDefinition, Name, NamedTuple, Position, Source, Span


class TomlDocument(NamedTuple):
    """The contents of a TOML file."""

    root: TableNode
    duplicates: tuple[DuplicateDefinition, ...]
    """Keys that are defined a second time, which TOML refuses; the tree has the first
    definition."""
    comments: tuple[DataComment, ...]


def parse_toml(source: Source) -> TomlDocument:
    """Return what `source` holds; raises `DataSyntaxError` where it is not valid TOML."""
    scanner = _TomlScanner(source)
    try:
        root = scanner.document()
    except data_scanner.NestingError as error:
        # Not a text for `tomllib`, which takes a minute for a key of 20,000 parts.
        raise _refused(error.message, source.position(error.offset)) from error
    except data_scanner.UnexpectedTextError as error:
        _check(source, ())
        raise _refused(error.message, source.position(error.offset)) from error
    _check(source, scanner.repeated_keys)
    return TomlDocument(root.build(), tuple(scanner.duplicates), tuple(scanner.comments))


def _refused(message: str, position: Position) -> DataSyntaxError:
    return DataSyntaxError(f"invalid TOML: {message[:1].lower()}{message[1:]}", position)


def _check(source: Source, repeated_keys: Iterable[Span]) -> None:
    """Raise the error for what is not TOML, were it not for `repeated_keys`."""
    pieces: list[str] = []
    done = 0
    for number, span in enumerate(sorted(repeated_keys)):
        pieces += (source.text[done : span.start], f"repeated-key-{number}")
        done = span.end
    text = "".join((*pieces, source.text[done:]))
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
        message = str(error)[: place.start()] if place else str(error)
        position = source.position(len(source.text))
        if place and place[1]:
            position = Position(int(place[1]), int(place[2]))
        raise _refused(message, position) from error
    except RecursionError as error:
        raise _refused("nested too deeply", Position(1, 1)) from error
    except ValueError as error:
        raise _refused("a number is too long", Position(1, 1)) from error


_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class _TomlScanner(data_scanner.DataScanner):
    """Scanner of a TOML text."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.repeated_keys: list[Span] = []
        """The places of the keys that TOML refuses, as they are defined already."""

    def document(self) -> data_scanner.TableBuilder:
        """Read the whole text."""
        root = table = data_scanner.TableBuilder(self.span_from(0))
        prefix: Name = ()
        while sign := self.peek():
            if sign == "[":
                table, prefix = self._header(root)
            else:
                self.pair(table, prefix, 1)
        return root

    def pair(self, table: data_scanner.TableBuilder, prefix: Name, depth: int) -> None:
        """Read a key and its value into `table`, whose name is `prefix`."""
        *above, (key, key_span) = self._keys()
        table, prefix = self._descend(table, prefix, above)
        self.take("=")
        name = (*prefix, key)
        self.define(table, name, key_span, self.value(name, depth))

    def decode(self, token: str) -> str:
        """Return the text of a string with escapes, or of several lines."""
        return str(tomllib.loads(f"v = {token}")["v"])

    def duplicate(self, name: Name, key_span: Span, earlier: data_scanner.Slot) -> None:
        """Note that `name` is defined again at `key_span`."""
        super().duplicate(name, key_span, earlier)
        self.repeated_keys.append(key_span)

    def _keys(self) -> list[tuple[str, Span]]:
        """Read a key, of several parts where it is dotted."""
        parts: list[tuple[str, Span]] = []
        while True:
            sign = self.peek()
            start = self.offset
            if sign and sign in "\"'":
                key = self.string().text
            elif (match := _BARE_KEY.match(self.text, start)) is not None:
                key = match[0]
                self.offset = match.end()
            else:
                raise self.unexpected()
            parts.append((key, self.span_from(start)))
            self.refuse_depth(len(parts))
            if self.peek() != ".":
                return parts
            self.offset += 1

    def _header(self, root: data_scanner.TableBuilder) -> tuple[data_scanner.TableBuilder, Name]:
        """Read `[a.b]` or `[[a.b]]`; return the table it opens and its name."""
        start = self.offset
        self.take("[")
        is_list = self.text[self.offset : self.offset + 1] == "["
        if is_list:
            self.take("[")
        *above, (key, key_span) = self._keys()
        self.take("]")
        if is_list:
            self.take("]")
        span = self.span_from(start)
        table, prefix = self._descend(root, (), above)
        open_table = self._open_in_list if is_list else self._open
        return open_table(table, (*prefix, key), key_span, span), (*prefix, key)

    def _open_in_list(
        self, table: data_scanner.TableBuilder, name: Name, key_span: Span, span: Span
    ) -> data_scanner.TableBuilder:
        """Return a new table at the end of the list `name`."""
        opened = data_scanner.TableBuilder(span)
        slot = table.slots.get(name[-1])
        if slot is None:
            table.slots[name[-1]] = data_scanner.Slot(key_span, [opened])
        elif isinstance(slot.value, list):
            slot.value.append(opened)
        else:
            self.duplicate(name, key_span, slot)
        return opened

    def _open(
        self, table: data_scanner.TableBuilder, name: Name, key_span: Span, span: Span
    ) -> data_scanner.TableBuilder:
        """Return the table `name`, which gets its header at `span`."""
        slot = table.slots.get(name[-1])
        opened = self._below(table, name, key_span)
        if slot is None or (
            isinstance(slot.value, data_scanner.TableBuilder) and not slot.value.has_header
        ):
            table.slots[name[-1]] = data_scanner.Slot(key_span, opened)
        elif isinstance(slot.value, (data_scanner.TableBuilder, list)):
            self.duplicate(name, key_span, slot)
        opened.has_header, opened.span = True, span
        return opened

    def _descend(
        self, table: data_scanner.TableBuilder, prefix: Name, keys: Iterable[tuple[str, Span]]
    ) -> tuple[data_scanner.TableBuilder, Name]:
        """Return the table at `keys` below `table`, and its name."""
        for key, key_span in keys:
            prefix = (*prefix, key)
            table = self._below(table, prefix, key_span)
        return table, prefix

    def _below(
        self, table: data_scanner.TableBuilder, name: Name, key_span: Span
    ) -> data_scanner.TableBuilder:
        """Return the table `name` in `table`, created where there is none."""
        slot = table.slots.get(name[-1])
        if slot is None:
            created = data_scanner.TableBuilder(key_span)
            table.slots[name[-1]] = data_scanner.Slot(key_span, created)
            return created
        if isinstance(slot.value, data_scanner.TableBuilder):
            return slot.value
        if isinstance(slot.value, list):
            return slot.value[-1]
        self.duplicate(name, key_span, slot)
        return data_scanner.TableBuilder(key_span)
