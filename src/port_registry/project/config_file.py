"""`port-registry.toml`: the configuration of a project as it is written."""

from collections.abc import Collection

from port_registry import model
from port_registry.languages.data_tree import DataSyntaxError, StringNode
from port_registry.languages.toml import parse_toml
from port_registry.project.config import DEFAULT_RULES, EVERY_RULE, Config
from port_registry.project.config_table import ConfigTable, ConfigValue
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
        select=_selection(values.get("select"), rules),
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


def _selection(value: ConfigValue | None, known: Collection[str]) -> tuple[str, ...]:
    if value is None:
        return (DEFAULT_RULES,)
    return _rules(value, (*known, EVERY_RULE, DEFAULT_RULES))


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
    for severity in model.Severity:
        if severity.value == text:
            return severity
    raise value.wrong(expected)


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
