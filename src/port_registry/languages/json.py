"""JSON documents, with the place of every key and value."""

import json

from port_registry.languages.data_scanner import DataScanner, TableBuilder, UnexpectedTextError
from port_registry.languages.data_tree import DataSyntaxError, Node
from port_registry.model import DuplicateDefinition, Name, NamedTuple, Position, Source


class JsonDocument(NamedTuple):
    """The contents of a JSON file."""

    root: Node
    duplicates: tuple[DuplicateDefinition, ...]
    """Keys that are defined a second time; the tree has the first definition."""


def parse_json(source: Source) -> JsonDocument:
    """Return what `source` holds; raises `DataSyntaxError` where it is not valid JSON."""
    _check(source)
    scanner = _JsonScanner(source)
    try:
        root = scanner.value((), 0)
    except UnexpectedTextError as error:
        position = source.position(error.offset)
        raise DataSyntaxError(f"invalid JSON: {error.message}", position) from error
    return JsonDocument(root, tuple(scanner.duplicates))


def _check(source: Source) -> None:
    """Raise the error for what is not JSON."""
    try:
        # Integers are not converted: that takes long, and is refused, for very long ones.
        json.loads(source.text.removeprefix("\ufeff"), parse_int=len)
    except json.JSONDecodeError as error:
        message = f"{error.msg[:1].lower()}{error.msg[1:]}".removesuffix(" at")
        position = Position(error.lineno, error.colno)
        raise DataSyntaxError(f"invalid JSON: {message}", position) from error
    except RecursionError as error:
        raise DataSyntaxError("invalid JSON: nested too deeply", Position(1, 1)) from error


class _JsonScanner(DataScanner):
    """Scanner of a text that is known to be JSON."""

    def pair(self, table: TableBuilder, prefix: Name, depth: int) -> None:
        """Read a key and its value into `table`, whose name is `prefix`."""
        self.peek()
        key = self.string()
        name = (*prefix, key.text)
        self.take(":")
        self.define(table, name, key.span, self.value(name, depth))

    def decode(self, token: str) -> str:
        """Return the text of a string with escapes."""
        return str(json.loads(token))
