"""What modules set and declare, by the path of the option."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.model import Entry, HostRegistry, Name
from port_registry.sources.nix.module_facts import AttrPath, Link, Module, PathKind, Value

_HALVES = ("config", "options")

_MODULE_SETS = word_set("flakes", "modules-by-name")
"""Outputs that hold modules by name."""

_USERS = ("home-manager", "users")

_MAX_DEPTH = 32
"""How many parts of a path are looked at."""


class OptionSource(NamedTuple):
    """Where an option's value is taken from."""

    file: str
    """The file that sets it."""
    link: Link | None
    """None where it is a value of its own."""
    rest: AttrPath
    """What is still to be selected from it."""


_Index = dict[AttrPath, list[tuple[str, Link | None]]]


class _ModuleRegistry(NamedTuple):
    """A registry that is a module."""

    registry_index: int
    option: Name
    """Where its entries are in `config`."""
    name_prefix: Name
    """What of it belongs to the entries' names."""


class OptionPaths:
    """Options by their paths."""

    def __init__(self, modules: Sequence[Module], parts: Sequence[HostRegistry]) -> None:
        imported = {
            path.target for one in modules for path in one.paths if path.kind is PathKind.MODULE
        }
        self._module_registries = tuple(_find_module_registries(parts, imported))
        self._links: _Index = defaultdict(list)
        self._outputs: _Index = defaultdict(list)
        self._added_names: dict[int, _AddedNames] = defaultdict(_AddedNames)
        self._open_registries: set[int] = set()
        registries = {part.registry.path for part in parts}
        for module in modules:
            for setting, value in _option_values(module):
                if isinstance(value, Link):
                    self._add_link(module.path, setting, value)
                if self._module_registries and module.path not in registries:
                    self._add_to_registry(setting, value)
        self._add_own_values(modules)

    def _add_link(self, file: str, setting: AttrPath, value: Link) -> None:
        if setting[:1] == ("flake",):
            self._outputs[setting[1:]].append((file, value))
        for path in option_paths(setting):
            self._links[path].append((file, value))

    def _add_own_values(self, modules: Sequence[Module]) -> None:
        """Take note of where an option that is taken from elsewhere has a value of its own."""
        ends = {path[-1] for path in self._links}
        for module in modules:
            for definition in module.definitions:
                setting = definition.setting
                if not setting or setting[-1] not in ends or isinstance(definition.value, Link):
                    continue
                for path in option_paths(setting):
                    if path in self._links:
                        self._links[path].append((module.path, None))

    def _add_to_registry(self, setting: AttrPath, value: Value | None) -> None:
        """Take note of what is set where a registry's entries are, by another file."""
        for declared in self._module_registries:
            if declared.option[-1] not in setting:
                continue
            size = len(declared.option)
            for path in option_paths(setting):
                if path[:size] == declared.option:
                    if len(path) > size:
                        self._added_names[declared.registry_index].add(
                            (*declared.name_prefix, *path[size:])
                        )
                    elif value is not None:
                        self._open_registries.add(declared.registry_index)

    def registries_at(self, path: AttrPath) -> Iterator[tuple[int, AttrPath]]:
        """Yield the registries that are modules and declare `path`, each with the name."""
        for declared in self._module_registries:
            size = len(declared.option)
            if path[:size] == declared.option:
                yield declared.registry_index, (*declared.name_prefix, *path[size:])

    def option_sources(self, path: AttrPath) -> Iterator[OptionSource]:
        """Yield what `path`, or the nearest option above it, is taken from."""
        yield from _nearest_sources(self._links, path)

    def output_sources(self, path: AttrPath) -> Iterator[OptionSource]:
        """Yield the same for an output that modules of the flake set."""
        yield from _nearest_sources(self._outputs, path)

    def sets_elsewhere(self, part: int, name: AttrPath) -> bool:
        """Return whether another file adds `name`, or what is not known, to a registry."""
        return part in self._open_registries or (
            part in self._added_names and self._added_names[part].has(name)
        )


class _AddedNames:
    """Names that other files add to a registry."""

    def __init__(self) -> None:
        self._names: set[AttrPath] = set()
        self._above: set[AttrPath] = set()

    def add(self, name: AttrPath) -> None:
        """Take in `name`, as far as it is known."""
        known = name[: name.index(None)] if None in name else name
        self._names.add(known[:_MAX_DEPTH])
        self._above.update(known[:size] for size in range(min(len(known), _MAX_DEPTH)))

    def has(self, name: AttrPath) -> bool:
        """Return whether `name` is one of them, above one, or below one."""
        known = name[: name.index(None)] if None in name else name
        return known in self._above or any(
            known[:size] in self._names for size in range(min(len(known), _MAX_DEPTH) + 1)
        )


def _option_values(module: Module) -> Iterator[tuple[AttrPath, Value | None]]:
    """Yield what `module` gives options, their defaults among it."""
    for definition in module.definitions:
        yield definition.setting, definition.value
    for option in module.options:
        yield option.setting, option.default


def _find_module_registries(
    parts: Sequence[HostRegistry], imported: set[str]
) -> Iterator[_ModuleRegistry]:
    for at, part in enumerate(parts):
        prefix = part.registry.prefix
        if prefix[:1] and prefix[0] in _HALVES and len(prefix) > 1:
            yield _ModuleRegistry(at, prefix[1:], ())
        elif part.registry.path in imported:
            common = () if prefix else _common_prefix(part.registry.entries)
            if prefix or common:
                yield _ModuleRegistry(at, prefix or common, common)


def _common_prefix(entries: Sequence[Entry]) -> Name:
    """Return the way that all `entries` are below."""
    names = [entry.name[:-1] for entry in entries]
    if not names:
        return ()
    low, high = min(names), max(names)
    size = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:size]


def _nearest_sources(index: _Index, path: AttrPath) -> Iterator[OptionSource]:
    for size in range(min(len(path), _MAX_DEPTH), 0, -1):
        found = index.get(path[:size])
        if found is not None:
            for file, link in found:
                yield OptionSource(file, link, path[size:])
            return


def option_paths(setting: AttrPath) -> tuple[AttrPath, ...]:
    """Return the paths that a setting can have in `config`.

    A module that stands in a flake, in a list of modules or in a user's configuration
    has the way to there before its own settings.
    """
    paths = [setting]
    for at, step in enumerate(setting[:_MAX_DEPTH]):
        if step in _MODULE_SETS:
            paths.append(setting[at + 2 :])
        elif step == "modules" and at + 1 < len(setting):
            paths += [setting[at + 1 :], setting[at + 2 :], setting[at + 3 :]]
        elif setting[at : at + 2] == _USERS:
            paths.append(setting[at + 3 :])
    bare = (path[1:] if path[:1] == ("config",) else path for path in paths)
    return tuple(dict.fromkeys(path for path in bare if path))
