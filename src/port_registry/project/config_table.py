"""Typed values of the configuration, and errors at the place of what is wrong."""

from collections.abc import Collection

from port_registry.languages.data_tree import ListNode, Node, StringNode, TableNode
from port_registry.model import ConfigError, Name, NamedTuple, Source, Span, format_name
from port_registry.project.did_you_mean import suggest


class ConfigValue(NamedTuple):
    """A value of the configuration, or an item of a list that is one."""

    source: Source
    name: Name
    """The keys of the value."""
    node: Node

    def error(self, message: str, hint: str | None = None) -> ConfigError:
        """Return the error `message` at the place of the value."""
        return _error(self.source, self.node.span, message, hint)

    def wrong(self, expected: str) -> ConfigError:
        """Return the error for a value that is not as `expected`."""
        return self.error(f"`{format_name(self.name)}` must be {expected}")

    def text(self, expected: str) -> str:
        """Return the string; raises the error for another value."""
        if not isinstance(self.node, StringNode):
            raise self.wrong(expected)
        return self.node.text

    def items(self, expected: str) -> tuple["ConfigValue", ...]:
        """Return the items of the list; raises the error for another value."""
        if not isinstance(self.node, ListNode):
            raise self.wrong(expected)
        return tuple(self._replace(node=item) for item in self.node.items)

    def texts(self, expected: str) -> tuple[str, ...]:
        """Return the items of a list of strings; raises the error for another value."""
        return tuple(item.text(expected) for item in self.items(expected))

    def table(self) -> "ConfigTable":
        """Return the table; raises the error for another value."""
        if not isinstance(self.node, TableNode):
            raise self.wrong("a table")
        return ConfigTable(self.source, self.name, self.node)


class ConfigTable(NamedTuple):
    """A table of the configuration."""

    source: Source
    name: Name
    """The keys of the table; empty for the whole file."""
    node: TableNode

    def values(self) -> dict[str, ConfigValue]:
        """Return the values by their keys, in the order of the file."""
        return {
            item.key: ConfigValue(self.source, (*self.name, item.key), item.node)
            for item in self.node.items
        }

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Raise the error for the first key that is not in `known`."""
        for item in self.node.items:
            if item.key not in known:
                message = f"unknown key `{format_name((*self.name, item.key))}`"
                raise _error(self.source, item.key_span, message, suggest(item.key, known))


def _error(source: Source, span: Span, message: str, hint: str | None) -> ConfigError:
    position = source.position(span.start)
    return ConfigError(message, path=source.path, position=position, hint=hint)
