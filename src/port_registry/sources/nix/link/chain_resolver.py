"""Chains followed through the files of a project, to where they reach a registry.

A chain that begins at a file goes on where that file's attributes lead; one that begins at
an argument, where those who call the file bind it: `specialArgs`, `_module.args`, an
argument handed on with `import`. `config` leads to what modules set, `self` to the flake's
outputs.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.model import HostRegistry
from port_registry.sources.nix.link.options import OptionPaths, OptionSource
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    Chain,
    Link,
    Module,
    OptionDefinition,
)

_MAX_STEPS = 64
"""How many steps are taken for one chain, all branches together."""

CONFIGS = word_set("flakes", "config-arguments")
"""Names of the argument that holds what all modules set."""

_ARGUMENTS = word_set("flakes", "given-arguments")
"""Attributes whose own attributes become arguments of modules."""


_BINDERS = _ARGUMENTS | {"args"}


class RegistryPath(NamedTuple):
    """A place in a registry."""

    registry_index: int
    """Which of the registries, by its position."""
    name: AttrPath
    """Below the registry's prefix."""


class ChainTarget(NamedTuple):
    """Where a chain leads."""

    registry_paths: tuple[RegistryPath, ...]
    """Without duplicates, in the order they were found."""
    incomplete: bool
    """Whether some way was lost before it reached anything."""
    reaches_rejected: bool
    """Whether some way reached another file that could have been the registry."""


class _FileChain(NamedTuple):
    """A chain and the file that it is written in."""

    file: str
    chain: Chain


class _Binding(NamedTuple):
    """What somebody gives an argument, or an attribute of it."""

    file: str
    attribute: AttrPath
    """The attribute of the argument; empty for all of it."""
    value: _FileChain | None
    """None where it is not known."""


class ChainResolver:
    """Follows chains. Never changed after it is made, but for what it remembers."""

    def __init__(self, modules: Sequence[Module], parts: Sequence[HostRegistry]) -> None:
        self._modules = {module.path: module for module in modules}
        self._host_registries = parts
        self._registries = {part.registry.path: at for at, part in enumerate(parts)}
        self._rejected = frozenset(path for part in parts for path in part.registry.considered)
        self._exports: dict[str, dict[AttrPath, OptionDefinition]] = {}
        self._argument_bindings: dict[str, list[_Binding]] = defaultdict(list)
        self._passed_bindings: dict[tuple[str, str], list[_Binding]] = defaultdict(list)
        self._targets: dict[_FileChain, ChainTarget] = {}
        self._options = OptionPaths(modules, parts)
        for module in modules:
            self._add_bindings(module)

    def _add_bindings(self, module: Module) -> None:
        """Remember what `module` gives to arguments of other files."""
        for definition in module.definitions:
            at = _argument_index(definition.setting)
            if at is None:
                continue
            name = definition.setting[at]
            if name is not None:
                way = _definition_chain(module.path, definition)
                below = definition.setting[at + 1 :]
                self._argument_bindings[name].append(_Binding(module.path, below, way))
        for given in module.handed:
            way = _FileChain(module.path, given.chain)
            self._passed_bindings[self._file(given.target), given.name].append(
                _Binding(module.path, (), way)
            )

    def follow(self, file: str, chain: Chain) -> ChainTarget:
        """Return where `chain`, which is written in `file`, leads."""
        start = _FileChain("" if chain.origin is AliasOrigin.FILE else file, chain)
        known = self._targets.get(start)
        if known is None:
            known = self._targets[start] = self._follow(start)
        return known

    def is_added_elsewhere(self, spot: RegistryPath) -> bool:
        """Return whether another file adds the name of `spot` to its registry."""
        return self._options.sets_elsewhere(spot.registry_index, spot.name)

    def _follow(self, start: _FileChain) -> ChainTarget:
        spots: dict[RegistryPath, None] = {}
        stray = foreign = False
        seen = {start}
        waiting = [start]
        while waiting:
            arrived = False
            way = waiting.pop()
            for found in self._next_steps(way):
                arrived = True
                if found is None:
                    stray = True
                elif isinstance(found, RegistryPath):
                    spots[found] = None
                elif found not in seen:
                    seen.add(found)
                    waiting.append(found)
            if not arrived:
                stray = True
                foreign = foreign or self._is_rejected(way.chain)
            if len(seen) > _MAX_STEPS:
                stray = True
                break
        return ChainTarget(tuple(spots), stray, foreign)

    def _is_rejected(self, chain: Chain) -> bool:
        """Return whether `chain` begins at a file that was not taken for the registry."""
        return chain.origin is AliasOrigin.FILE and self._file(chain.root) in self._rejected

    def _next_steps(self, way: _FileChain) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield what one step leads to; None, or nothing at all, where the way is lost."""
        chain = way.chain
        if chain.origin is AliasOrigin.FILE:
            yield from self._in_file(self._file(chain.root), chain.path)
        elif chain.origin is AliasOrigin.ARGUMENT:
            yield from self._in_argument(way.file, chain)

    def _file(self, root: str) -> str:
        """Return the file that `import` of `root` reads."""
        if root in self._modules or root in self._registries or root in self._rejected:
            return root
        return f"{root.rstrip('/')}/default.nix".lstrip("/")

    def _in_file(self, path: str, rest: AttrPath) -> Iterator[RegistryPath | _FileChain]:
        at = self._registries.get(path)
        if at is not None:
            prefix = self._host_registries[at].registry.prefix
            if rest[: len(prefix)] == prefix[: len(rest)]:
                yield RegistryPath(at, rest[len(prefix) :])
        else:
            yield from self._in_exports(path, rest)

    def _in_exports(self, path: str, rest: AttrPath) -> Iterator[_FileChain]:
        """Yield what the attribute `rest` of what the file gives is taken from."""
        exports = self._exports_of(path)
        tries = (rest, rest[1:]) if rest[:1] == ("config",) else (rest,)
        for names in tries:
            for size in range(len(names), -1, -1):
                definition = exports.get(names[:size])
                if definition is not None:
                    way = _definition_chain(path, definition)
                    if way is not None:
                        yield _extended(way, names[size:])
                    break

    def _exports_of(self, path: str) -> dict[AttrPath, OptionDefinition]:
        """Return the attributes of what a file gives, the first definition of each."""
        exports = self._exports.get(path)
        if exports is None:
            module = self._modules.get(path)
            exports = dict[AttrPath, OptionDefinition]()
            for definition in () if module is None else module.definitions:
                exports.setdefault(definition.setting, definition)
            self._exports[path] = exports
        return exports

    def _in_argument(self, file: str, chain: Chain) -> Iterator[RegistryPath | _FileChain | None]:
        root, path = chain.root, chain.path
        if root in CONFIGS:
            yield from self._in_config(path)
            return
        if root == "inputs" and path[:1] == ("self",):
            root, path = "self", path[1:]
        if root == "self":
            yield from self._in_flake(path)
            return
        bindings = self._passed_bindings.get((file, root)) or _nearest_bindings(
            file, self._argument_bindings.get(root, [])
        )
        yield from _bound_values(bindings, path)

    def _in_flake(self, path: AttrPath) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield what an output of the project's own flake is taken from."""
        if "config" in path:
            yield from self._in_config(path[path.index("config") + 1 :])
            return
        yield from self._in_exports("flake.nix", ("outputs", *path))
        yield from map(_option_chain, self._options.output_sources(path))

    def _in_config(self, path: AttrPath) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield what the option `path` is taken from."""
        declared = [RegistryPath(at, rest) for at, rest in self._options.registries_at(path)]
        yield from declared or map(_option_chain, self._options.option_sources(path))


def _argument_index(setting: AttrPath) -> int | None:
    """Return where in `setting` the name of an argument stands that it binds."""
    if _BINDERS.isdisjoint(setting):
        return None
    for at in range(len(setting) - 1):
        step = setting[at]
        if step in _ARGUMENTS or (step == "args" and at and setting[at - 1] == "_module"):
            return at + 1
    return None


def _definition_chain(file: str, definition: OptionDefinition) -> _FileChain | None:
    value = definition.value
    return _FileChain(file, value.chain) if isinstance(value, Link) else None


def _extended(way: _FileChain, rest: AttrPath) -> _FileChain:
    chain = way.chain
    file = "" if chain.origin is AliasOrigin.FILE else way.file
    return _FileChain(file, chain._replace(path=(*chain.path, *rest)))


def _option_chain(taken: OptionSource) -> _FileChain | None:
    file, link, rest = taken
    return None if link is None else _extended(_FileChain(file, link.chain), rest)


def _nearest_bindings(file: str, bindings: Sequence[_Binding]) -> Sequence[_Binding]:
    """Return those of `bindings` that stand nearest above `file`; all where none does.

    What a machine binds in its own folder is meant for the files there.
    """
    folders = {binding.file.rpartition("/")[0] for binding in bindings}
    above = [folder for folder in folders if folder and file.startswith(f"{folder}/")]
    if not above:
        return bindings
    nearest = max(above, key=len)
    return [binding for binding in bindings if binding.file.rpartition("/")[0] == nearest]


def _bound_values(bindings: Sequence[_Binding], path: AttrPath) -> Iterator[_FileChain | None]:
    """Yield what `bindings` make of the attribute `path` of an argument.

    Of those of one file the nearest count: where a file says what an attribute of the
    argument is, it need not be known what the rest of it is.
    """
    nearest: dict[str, int] = {}
    meant = [one for one in bindings if path[: len(one.attribute)] == one.attribute]
    for one in meant:
        nearest[one.file] = max(len(one.attribute), nearest.get(one.file, 0))
    for file, below, way in meant:
        if len(below) == nearest[file]:
            yield None if way is None else _extended(way, path[len(below) :])
