"""Resolver of chains: they are followed through the files of a project to a registry.

A chain that begins at a file is continued by that file's attributes; one that begins at an
argument, by the value that callers of the file bind to it: `specialArgs`, `_module.args`, an
argument passed with `import`. `config` leads to the options that modules set, `self` to the
flake's outputs.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from port_registry.facts.words import word_set
from port_registry.model import HostRegistry, NamedTuple
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
"""The maximum number of steps for one chain, all branches together."""

CONFIGS = word_set("flakes", "config-arguments")
"""Names of the argument with the options that all modules set."""

_ARGUMENTS = word_set("flakes", "given-arguments")
"""Attributes whose own attributes become arguments of modules."""

_BINDERS = _ARGUMENTS | {"args"}


class RegistryPath(NamedTuple):
    """An attribute path in a registry."""

    registry_index: int
    """The position of the registry among the project's."""
    name: AttrPath
    """The path below the registry's prefix."""


class ChainTarget(NamedTuple):
    """The target of a chain."""

    registry_paths: tuple[RegistryPath, ...]
    """Each once, in the order in which they were found."""
    incomplete: bool
    """Whether some branch could not be followed to its end."""
    reaches_rejected: bool
    """Whether some branch leads to another file that could have been the registry."""


class _FileChain(NamedTuple):
    """A chain and the file that it is written in."""

    file: str
    chain: Chain


class _Binding(NamedTuple):
    """A value that is bound to an argument, or to an attribute of it."""

    file: str
    attribute: AttrPath
    """The attribute of the argument; empty for all of it."""
    value: _FileChain | None
    """None where it is not known."""


class ChainResolver:
    """Follows chains. Immutable except for its cache."""

    def __init__(self, modules: Sequence[Module], registries: Sequence[HostRegistry]) -> None:
        self._modules = {module.path: module for module in modules}
        self._host_registries = registries
        self._indexes = {part.registry.path: index for index, part in enumerate(registries)}
        self._rejected = frozenset(path for part in registries for path in part.registry.considered)
        self._exports: dict[str, dict[AttrPath, OptionDefinition]] = {}
        self._argument_bindings: dict[str, list[_Binding]] = defaultdict(list)
        self._passed_bindings: dict[tuple[str, str], list[_Binding]] = defaultdict(list)
        self._targets: dict[_FileChain, ChainTarget] = {}
        self._options = OptionPaths(modules, registries)
        for module in modules:
            self._add_bindings(module)

    def _add_bindings(self, module: Module) -> None:
        """Add the values that `module` binds to arguments of other files."""
        for definition in module.definitions:
            index = _argument_index(definition.setting)
            if index is None:
                continue
            name = definition.setting[index]
            if name is not None:
                value = _definition_chain(module.path, definition)
                attribute = definition.setting[index + 1 :]
                self._argument_bindings[name].append(_Binding(module.path, attribute, value))
        for argument in module.passed_arguments:
            value = _FileChain(module.path, argument.chain)
            self._passed_bindings[self._file(argument.target), argument.name].append(
                _Binding(module.path, (), value)
            )

    def follow(self, file: str, chain: Chain) -> ChainTarget:
        """Return the target of `chain`, which is written in `file`."""
        start = _FileChain("" if chain.origin is AliasOrigin.FILE else file, chain)
        target = self._targets.get(start)
        if target is None:
            target = self._targets[start] = self._follow(start)
        return target

    def is_added_elsewhere(self, path: RegistryPath) -> bool:
        """Return whether another file adds `path` to its registry."""
        return self._options.sets_elsewhere(path.registry_index, path.name)

    def _follow(self, start: _FileChain) -> ChainTarget:
        paths: dict[RegistryPath, None] = {}
        incomplete = reaches_rejected = False
        seen = {start}
        pending = [start]
        while pending:
            is_dead_end = True
            current = pending.pop()
            for step in self._next_steps(current):
                is_dead_end = False
                if step is None:
                    incomplete = True
                elif isinstance(step, RegistryPath):
                    paths[step] = None
                elif step not in seen:
                    seen.add(step)
                    pending.append(step)
            if is_dead_end:
                incomplete = True
                reaches_rejected = reaches_rejected or self._is_rejected(current.chain)
            if len(seen) > _MAX_STEPS:
                incomplete = True
                break
        return ChainTarget(tuple(paths), incomplete, reaches_rejected)

    def _is_rejected(self, chain: Chain) -> bool:
        """Return whether `chain` begins at a file that was rejected as the registry."""
        return chain.origin is AliasOrigin.FILE and self._file(chain.root) in self._rejected

    def _next_steps(self, current: _FileChain) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield the chains and registry paths after one step; None where one is not known."""
        chain = current.chain
        if chain.origin is AliasOrigin.FILE:
            yield from self._in_file(self._file(chain.root), chain.path)
        elif chain.origin is AliasOrigin.ARGUMENT:
            yield from self._in_argument(current.file, chain)

    def _file(self, root: str) -> str:
        """Return the file that `import` of `root` reads."""
        if root in self._modules or root in self._indexes or root in self._rejected:
            return root
        return f"{root.rstrip('/')}/default.nix".lstrip("/")

    def _in_file(self, file: str, path: AttrPath) -> Iterator[RegistryPath | _FileChain]:
        """Yield the steps from the attribute `path` of an imported file."""
        index = self._indexes.get(file)
        if index is not None:
            prefix = self._host_registries[index].registry.prefix
            if path[: len(prefix)] == prefix[: len(path)]:
                yield RegistryPath(index, path[len(prefix) :])
        else:
            yield from self._in_exports(file, path)

    def _in_exports(self, file: str, path: AttrPath) -> Iterator[_FileChain]:
        """Yield the chains that define the attribute `path` of the value of a file."""
        exports = self._exports_of(file)
        alternatives = (path, path[1:]) if path[:1] == ("config",) else (path,)
        for names in alternatives:
            for size in range(len(names), -1, -1):
                definition = exports.get(names[:size])
                if definition is not None:
                    value = _definition_chain(file, definition)
                    if value is not None:
                        yield _extended(value, names[size:])
                    break

    def _exports_of(self, path: str) -> dict[AttrPath, OptionDefinition]:
        """Return the attributes of the value of a file, the first definition of each."""
        exports = self._exports.get(path)
        if exports is None:
            module = self._modules.get(path)
            exports = dict[AttrPath, OptionDefinition]()
            for definition in () if module is None else module.definitions:
                exports.setdefault(definition.setting, definition)
            self._exports[path] = exports
        return exports

    def _in_argument(self, file: str, chain: Chain) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield the steps from an argument of the function in `file`."""
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
        """Yield the steps from an output of the project's own flake."""
        if "config" in path:
            yield from self._in_config(path[path.index("config") + 1 :])
            return
        yield from self._in_exports("flake.nix", ("outputs", *path))
        yield from map(_option_chain, self._options.output_sources(path))

    def _in_config(self, path: AttrPath) -> Iterator[RegistryPath | _FileChain | None]:
        """Yield the steps from the option `path`."""
        declared = [RegistryPath(index, name) for index, name in self._options.registries_at(path)]
        yield from declared or map(_option_chain, self._options.option_sources(path))


def _argument_index(setting: AttrPath) -> int | None:
    """Return the index in `setting` of the name of an argument that it binds."""
    if _BINDERS.isdisjoint(setting):
        return None
    for index in range(len(setting) - 1):
        step = setting[index]
        if step in _ARGUMENTS or (step == "args" and index and setting[index - 1] == "_module"):
            return index + 1
    return None


def _definition_chain(file: str, definition: OptionDefinition) -> _FileChain | None:
    value = definition.value
    return _FileChain(file, value.chain) if isinstance(value, Link) else None


def _extended(value: _FileChain, path: AttrPath) -> _FileChain:
    """Return the chain of the attribute `path` of `value`."""
    chain = value.chain
    file = "" if chain.origin is AliasOrigin.FILE else value.file
    return _FileChain(file, chain._replace(path=(*chain.path, *path)))


def _option_chain(source: OptionSource) -> _FileChain | None:
    file, link, rest = source
    return None if link is None else _extended(_FileChain(file, link.chain), rest)


def _nearest_bindings(file: str, bindings: Sequence[_Binding]) -> Sequence[_Binding]:
    """Return the bindings in the nearest folder above `file`; all where there is none.

    A binding in a machine's own folder is meant for the files there.
    """
    folders = {binding.file.rpartition("/")[0] for binding in bindings}
    above = [folder for folder in folders if folder and file.startswith(f"{folder}/")]
    if not above:
        return bindings
    nearest = max(above, key=len)
    return [binding for binding in bindings if binding.file.rpartition("/")[0] == nearest]


def _bound_values(bindings: Sequence[_Binding], path: AttrPath) -> Iterator[_FileChain | None]:
    """Yield the values that `bindings` give the attribute `path` of an argument.

    Of the bindings in one file the most specific count: where a file binds an attribute of
    the argument, the rest of it need not be known.
    """
    longest: dict[str, int] = {}
    matching = [
        binding for binding in bindings if path[: len(binding.attribute)] == binding.attribute
    ]
    for binding in matching:
        longest[binding.file] = max(len(binding.attribute), longest.get(binding.file, 0))
    for file, attribute, value in matching:
        if len(attribute) == longest[file]:
            yield None if value is None else _extended(value, path[len(attribute) :])
