"""`port-registry.toml`: the configuration of a project as it is written."""

from collections.abc import Collection

from port_registry import model
from port_registry.languages.data_tree import DataSyntaxError, ListNode, Node, StringNode, TableNode
from port_registry.languages.toml import parse_toml
from port_registry.project.config import DEFAULT_RULES, EVERY_RULE, Config
from port_registry.project.did_you_mean import suggest

_STRINGS = "a list of strings"

_KEYS = (
    "registry",
    "attribute",
    "select",
    "ignore",
    "exclude",
    "include",
    "baseline",
    "severity",
    "per-file-ignores",
    "ranges",
    "process-compose",
    "compose",
)


def parse_config(source: model.Source, rules: Collection[str]) -> Config:
    """Return the configuration that `source` holds, given the names of all `rules`.

    Raises `ConfigError`, with its place, where it is not TOML, has an unknown key, a value
    of the wrong type, or names what does not exist.
    """
    table = _parse(source)
    table.refuse_unknown(_KEYS)
    values = table.values()
    return Config(
        registry=_text(values.get("registry")),
        attribute=_attribute(values.get("attribute")),
        select=(
            _rules(values["select"], (*rules, EVERY_RULE, DEFAULT_RULES))
            if "select" in values
            else (DEFAULT_RULES,)
        ),
        ignore=_rules(values.get("ignore"), rules),
        exclude=_texts(values.get("exclude")),
        include=_texts(values.get("include")),
        baseline=_text(values.get("baseline")),
        severity=_severities(values.get("severity"), rules),
        per_file_ignores=tuple(
            (pattern, _rules(value, rules))
            for pattern, value in _values(values.get("per-file-ignores")).items()
        ),
        ranges=tuple(
            (category, _ranges(value)) for category, value in _values(values.get("ranges")).items()
        ),
        stacks=_groups(values.get("process-compose"), "stacks"),
        compose_projects=_groups(values.get("compose"), "projects"),
    )


class ConfigValue(model.NamedTuple):
    """A value of the configuration, or an item of a list that is one."""

    source: model.Source
    name: model.Name
    """The keys of the value."""
    node: Node

    def error(self, message: str, hint: str | None = None) -> model.ConfigError:
        """Return the error `message` at the place of the value."""
        return _error(self.source, self.node.span, message, hint)

    def wrong(self, expected: str) -> model.ConfigError:
        """Return the error for a value that is not as `expected`."""
        return self.error(f"`{model.format_name(self.name)}` must be {expected}")

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


class ConfigTable(model.NamedTuple):
    """A table of the configuration."""

    source: model.Source
    name: model.Name
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
                message = f"unknown key `{model.format_name((*self.name, item.key))}`"
                raise _error(self.source, item.key_span, message, suggest(item.key, known))


def _error(
    source: model.Source, span: model.Span, message: str, hint: str | None
) -> model.ConfigError:
    position = source.position(span.start)
    return model.ConfigError(message, path=source.path, position=position, hint=hint)


def _parse(source: model.Source) -> ConfigTable:
    try:
        document = parse_toml(source)
    except DataSyntaxError as error:
        raise model.ConfigError(error.message, path=source.path, position=error.position) from error
    for duplicate in document.duplicates:
        message = f"`{model.format_name(duplicate.name)}` is defined twice"
        position = source.position(duplicate.span.start)
        raise model.ConfigError(message, path=source.path, position=position)
    return ConfigTable(source, (), document.root)


def _values(value: ConfigValue | None) -> dict[str, ConfigValue]:
    return {} if value is None else value.table().values()


def _texts(value: ConfigValue | None) -> tuple[str, ...]:
    return () if value is None else value.texts(_STRINGS)


def _text(value: ConfigValue | None) -> str | None:
    if value is None:
        return None
    expected = "a string that is not empty"
    text = value.text(expected)
    if not text:
        raise value.wrong(expected)
    return text


def _attribute(value: ConfigValue | None) -> model.Name | None:
    text = _text(value)
    if value is None or text is None:
        return None
    name = model.parse_name(text)
    if name is None:
        raise value.wrong('an attribute path such as `"config.my.ports"`')
    return name


def _rules(value: ConfigValue | None, known: Collection[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    names: list[str] = []
    for item in value.items(_STRINGS):
        name = item.text(_STRINGS)
        if name not in known:
            raise item.error(f"there is no rule `{name}`", suggest(name, known))
        names.append(name)
    return tuple(names)


def _severities(
    value: ConfigValue | None, rules: Collection[str]
) -> tuple[tuple[str, model.Severity], ...]:
    if value is None:
        return ()
    table = value.table()
    table.refuse_unknown(rules)
    return tuple((rule, _severity(written)) for rule, written in table.values().items())


def _severity(value: ConfigValue) -> model.Severity:
    expected = '"error", "warning" or "note"; `ignore` switches a rule off'
    text = value.text(expected)
    if text not in {severity.value for severity in model.Severity}:
        raise value.wrong(expected)
    return model.Severity(text)


def _ranges(value: ConfigValue) -> tuple[model.PortRange, ...]:
    expected = 'a range of ports such as "5000-5999", or a list of ranges'
    items = (value,) if isinstance(value.node, StringNode) else value.items(expected)
    ranges: list[model.PortRange] = []
    for item in items:
        parsed = _parse_range(item.text(expected))
        if parsed is None:
            raise item.wrong(expected)
        ranges.append(parsed)
    return tuple(ranges)


def _parse_range(text: str) -> model.PortRange | None:
    first, _, last = text.partition("-")
    low, high = model.parse_port(first.strip()), model.parse_port((last or first).strip())
    return (
        model.PortRange(low, high) if low is not None and high is not None and low <= high else None
    )


def _groups(value: ConfigValue | None, key: str) -> tuple[tuple[str, ...], ...]:
    """Return the lists of files that are loaded together, the only `key` of a table."""
    if value is None:
        return ()
    table = value.table()
    table.refuse_unknown((key,))
    written = table.values().get(key)
    if written is None:
        return ()
    expected = "a list of lists of paths"
    groups: list[tuple[str, ...]] = []
    for item in written.items(expected):
        paths = item.texts(expected)
        if not paths:
            raise item.wrong(expected)
        groups.append(paths)
    return tuple(groups)
