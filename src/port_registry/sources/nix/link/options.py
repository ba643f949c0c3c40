"""Options that modules set and declare, by their paths."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from port_registry.facts.words import word_set
from port_registry.model import Entry, HostRegistry, Name, NamedTuple
from port_registry.sources.nix.module_facts import AttrPath, Link, Module, PathKind, Value

_HALVES = ("config", "options")

_MODULE_SETS = word_set("flakes", "modules-by-name")
"""Outputs that contain modules by name."""

_USERS = ("home-manager", "users")

_MAX_DEPTH = 32
"""The number of parts of a path that are read."""


class OptionSource(NamedTuple):
    """The source of an option's value."""

    file: str
    """The file that sets it."""
    link: Link | None
    """The chain that it is set to; None for any other value."""
    rest: AttrPath
    """The path that is selected from it."""


_Index = dict[AttrPath, list[tuple[str, Link | None]]]


class _ModuleRegistry(NamedTuple):
    """A registry that is a module."""

    registry_index: int
    option: Name
    """The path of its entries in `config`."""
    name_prefix: Name
    """The part of that path that belongs to the entries' names."""


class OptionPaths:
    """Index of options by their paths."""

    def __init__(self, modules: Sequence[Module], registries: Sequence[HostRegistry]) -> None:
        imported = {
            path.target
            for module in modules
            for path in module.paths
            if path.kind is PathKind.MODULE
        }
        self._module_registries = tuple(_find_module_registries(registries, imported))
        self._links: _Index = defaultdict(list)
        self._outputs: _Index = defaultdict(list)
        self._added_names: dict[int, _AddedNames] = defaultdict(_AddedNames)
        self._open_registries: set[int] = set()
        registry_paths = {part.registry.path for part in registries}
        for module in modules:
            for setting, value in _option_values(module):
                if isinstance(value, Link):
                    self._add_link(module.path, setting, value)
                if self._module_registries and module.path not in registry_paths:
                    self._add_to_registry(setting, value)
        self._add_own_values(modules)

    def _add_link(self, file: str, setting: AttrPath, value: Link) -> None:
        if setting[:1] == ("flake",):
            self._outputs[setting[1:]].append((file, value))
        for path in option_paths(setting):
            self._links[path].append((file, value))

    def _add_own_values(self, modules: Sequence[Module]) -> None:
        """Add the files in which an option with links has any other value."""
        last_steps = {path[-1] for path in self._links}
        for module in modules:
            for definition in module.definitions:
                setting = definition.setting
                if not setting or setting[-1] not in last_steps:
                    continue
                if isinstance(definition.value, Link):
                    continue
                for path in option_paths(setting):
                    if path in self._links:
                        self._links[path].append((module.path, None))

    def _add_to_registry(self, setting: AttrPath, value: Value | None) -> None:
        """Add a setting of another file that is below the option of a registry."""
        for registry in self._module_registries:
            if registry.option[-1] not in setting:
                continue
            size = len(registry.option)
            for path in option_paths(setting):
                if path[:size] == registry.option:
                    if len(path) > size:
                        name = (*registry.name_prefix, *path[size:])
                        self._added_names[registry.registry_index].add(name)
                    elif value is not None:
                        self._open_registries.add(registry.registry_index)

    def registries_at(self, path: AttrPath) -> Iterator[tuple[int, AttrPath]]:
        """Yield the registries that are modules and declare `path`, each with the name."""
        for registry in self._module_registries:
            size = len(registry.option)
            if path[:size] == registry.option:
                yield registry.registry_index, (*registry.name_prefix, *path[size:])

    def option_sources(self, path: AttrPath) -> Iterator[OptionSource]:
        """Yield the sources of `path`, or of the nearest option above it."""
        yield from _nearest_sources(self._links, path)

    def output_sources(self, path: AttrPath) -> Iterator[OptionSource]:
        """Yield the sources of an output that modules of the flake set."""
        yield from _nearest_sources(self._outputs, path)

    def sets_elsewhere(self, index: int, name: AttrPath) -> bool:
        """Return whether another file adds `name`, or unknown names, to a registry."""
        return index in self._open_registries or (
            index in self._added_names and self._added_names[index].has(name)
        )


class _AddedNames:
    """Names that other files add to a registry."""

    def __init__(self) -> None:
        self._names: set[AttrPath] = set()
        self._above: set[AttrPath] = set()

    def add(self, name: AttrPath) -> None:
        """Add `name`, up to its first computed part."""
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
    """Yield the values that `module` gives options, including their defaults."""
    for definition in module.definitions:
        yield definition.setting, definition.value
    for option in module.options:
        yield option.setting, option.default


def _find_module_registries(
    registries: Sequence[HostRegistry], imported: set[str]
) -> Iterator[_ModuleRegistry]:
    for index, part in enumerate(registries):
        prefix = part.registry.prefix
        if prefix[:1] and prefix[0] in _HALVES and len(prefix) > 1:
            yield _ModuleRegistry(index, prefix[1:], ())
        elif part.registry.path in imported:
            common = () if prefix else _common_prefix(part.registry.entries)
            if prefix or common:
                yield _ModuleRegistry(index, prefix or common, common)


def _common_prefix(entries: Sequence[Entry]) -> Name:
    """Return the longest prefix of the names of all `entries`."""
    names = [entry.name[:-1] for entry in entries]
    if not names:
        return ()
    low, high = min(names), max(names)
    size = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:size]


def _nearest_sources(index: _Index, path: AttrPath) -> Iterator[OptionSource]:
    for size in range(min(len(path), _MAX_DEPTH), 0, -1):
        sources = index.get(path[:size])
        if sources is not None:
            for file, link in sources:
                yield OptionSource(file, link, path[size:])
            return


def option_paths(setting: AttrPath) -> tuple[AttrPath, ...]:
    """Return the paths that a setting can have in `config`.

    The settings of a module in a flake, in a list of modules or in a user's configuration
    begin with the path to the module.
    """
    paths = [setting]
    for index, step in enumerate(setting[:_MAX_DEPTH]):
        if step in _MODULE_SETS:
            paths.append(setting[index + 2 :])
        elif step == "modules" and index + 1 < len(setting):
            paths += [setting[index + size :] for size in (1, 2, 3)]
        elif setting[index : index + 2] == _USERS:
            paths.append(setting[index + 3 :])
    without_config = (path[1:] if path[:1] == ("config",) else path for path in paths)
    return tuple(dict.fromkeys(path for path in without_config if path))
