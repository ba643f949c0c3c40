"""`port-registry.toml`: what a project sets, and where it says something wrong."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, cast

from port_registry.facts.ranges import Convention, default_convention
from port_registry.model import (
    ConfigError,
    Name,
    PortRange,
    Position,
    Severity,
    Source,
    parse_name,
    port_from_int,
)
from port_registry.project.did_you_mean import suggest
from port_registry.project.toml_keys import find_key

EVERY_RULE = "all"
"""The word that selects every rule."""
DEFAULT_RULES = "default"
"""The word that selects the rules that are on by default."""


class Config(NamedTuple):
    """A project's configuration; the empty one is the default."""

    registry: str | None = None
    """The registry's path, relative to the root; None to look for it."""
    attribute: Name | None = None
    """Where in the registry's file the entries are; None to look for them."""
    select: tuple[str, ...] = (DEFAULT_RULES,)
    """The rules that are on: names, `all`, `default`."""
    ignore: tuple[str, ...] = ()
    """The rules that are off even so."""
    exclude: tuple[str, ...] = ()
    """Patterns of paths that are not looked at."""
    include: tuple[str, ...] = ()
    """Patterns of the Nix files that are read though they are tests or documentation."""
    baseline: str | None = None
    """The file of the findings that are accepted, relative to the root."""
    severity: tuple[tuple[str, Severity], ...] = ()
    """Rules and the severity that their findings get."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of paths and the rules that are off in them."""
    ranges: tuple[tuple[str, tuple[PortRange, ...]], ...] = ()
    """Categories and their ranges."""
    stacks: tuple[tuple[str, ...], ...] = ()
    """Lists of process-compose files that are loaded together, relative to the root."""


def convention_of(config: Config) -> Convention:
    """Return the ranges of categories in a project: the usual ones, and its own in their place."""
    return default_convention().with_ranges(dict(config.ranges))


def parse_config(source: Source, rules: Collection[str]) -> Config:
    """Return the configuration that `source` holds, given the names of all `rules`.

    Raises `ConfigError`, with its place, where it is no TOML, has an unknown key, a value
    of the wrong type, or names what does not exist.
    """
    table = _ConfigTable(source, (), _load(source))
    table.refuse_unknown(_KEYS)
    every = table.child("severity")
    ignores = table.child("per-file-ignores")
    ranges = table.child("ranges")
    compose = table.child("process-compose")
    compose.refuse_unknown(("stacks",))
    every.refuse_unknown(rules)
    return Config(
        registry=table.text("registry"),
        attribute=_attribute(table),
        select=_selection(table, rules),
        ignore=_rules(table, "ignore", rules),
        exclude=table.texts("exclude"),
        include=table.texts("include"),
        baseline=table.text("baseline"),
        severity=tuple((name, _severity(every, name)) for name in every.values),
        per_file_ignores=tuple((key, _rules(ignores, key, rules)) for key in ignores.values),
        ranges=tuple((key, _ranges(ranges, key)) for key in ranges.values),
        stacks=_stacks(compose),
    )


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
)


class _ConfigTable(NamedTuple):
    """A table of the file, with the way to it."""

    source: Source
    way: tuple[str, ...]
    values: Mapping[str, object]

    def error(self, key: str, message: str, hint: str | None = None) -> ConfigError:
        """Return the error that says `message` of `key`."""
        offset = find_key(self.source.text, (*self.way, key))
        position = self.source.position(offset)
        return ConfigError(message, path=self.source.path, position=position, hint=hint)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Raise the error for the first key that is not in `known`."""
        for key in self.values:
            if key not in known:
                name = ".".join((*self.way, key))
                raise self.error(key, f"unknown key `{name}`", suggest(key, known))

    def wrong(self, key: str, wanted: str) -> ConfigError:
        """Return the error for a value that is not what was `wanted`."""
        name = ".".join((*self.way, key))
        return self.error(key, f"`{name}` must be {wanted}")

    def child(self, key: str) -> "_ConfigTable":
        """Return the table `key`, empty where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return _ConfigTable(self.source, (*self.way, key), cast("dict[str, object]", value))

    def text(self, key: str) -> str | None:
        """Return the string `key`, or None where there is none."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.wrong(key, "a string that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of strings `key`, empty where there is none."""
        found = _texts(self.values.get(key, []))
        if found is None:
            raise self.wrong(key, "a list of strings")
        return found


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    found = tuple(item for item in items if isinstance(item, str))
    return found if len(found) == len(items) else None


def _load(source: Source) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(source.text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        message, position = _decode_error(str(error), source)
        raise ConfigError(
            f"invalid TOML: {message}", path=source.path, position=position
        ) from error
    except RecursionError as error:
        raise ConfigError("invalid TOML: nested too deeply", path=source.path) from error
    except ValueError as error:
        raise ConfigError("invalid TOML: a number is too long", path=source.path) from error


def _decode_error(message: str, source: Source) -> tuple[str, Position]:
    """Split tomllib's `message (at line L, column C)`."""
    import re

    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if place is None:
        return message, Position(1, 1)
    position = source.position(len(source.text))
    if place[1] is not None:
        position = Position(int(place[1]), int(place[2]))
    return message[: place.start()].lower(), position


def _attribute(table: _ConfigTable) -> Name | None:
    text = table.text("attribute")
    if text is None:
        return None
    name = parse_name(text)
    if name is None:
        raise table.wrong("attribute", 'an attribute path such as `"config.my.ports"`')
    return name


def _rules(table: _ConfigTable, key: str, known: Collection[str]) -> tuple[str, ...]:
    names = table.texts(key)
    for name in names:
        if name not in known:
            raise table.error(key, f"there is no rule `{name}`", suggest(name, known))
    return names


def _selection(table: _ConfigTable, known: Collection[str]) -> tuple[str, ...]:
    if "select" not in table.values:
        return (DEFAULT_RULES,)
    return _rules(table, "select", (*known, EVERY_RULE, DEFAULT_RULES))


def _severity(table: _ConfigTable, rule: str) -> Severity:
    value = table.values[rule]
    for severity in Severity:
        if severity.value == value:
            return severity
    raise table.wrong(rule, '"error", "warning" or "note"; `ignore` switches a rule off')


def _ranges(table: _ConfigTable, category: str) -> tuple[PortRange, ...]:
    value = table.values[category]
    texts = (value,) if isinstance(value, str) else _texts(value)
    found = tuple(map(_range, texts)) if texts is not None else (None,)
    whole = tuple(item for item in found if item is not None)
    if len(whole) < len(found):
        raise table.wrong(category, 'a range of ports such as "5000-5999", or a list of ranges')
    return whole


def _range(text: str) -> PortRange | None:
    first, _, last = text.partition("-")
    ends = (first.strip(), (last or first).strip())
    if not all(end.isascii() and end.isdigit() and len(end) <= len("65535") for end in ends):
        return None
    low, high = (port_from_int(int(end)) for end in ends)
    return PortRange(low, high) if low is not None and high is not None and low <= high else None


def _stacks(table: _ConfigTable) -> tuple[tuple[str, ...], ...]:
    value = table.values.get("stacks", [])
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    stacks = [_texts(item) for item in items]
    whole = tuple(stack for stack in stacks if stack)
    if len(whole) < len(stacks):
        raise table.wrong("stacks", "a list of lists of paths")
    return whole
