"""Files taken apart into the modules that they hold.

Most files are one module. A flake holds one for each host and each module that it gives a
name; a module of a host may hold the configuration of a user, which has options of its own.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.sources.nix.module_facts import (
    AttrPath,
    Module,
    OptionDeclaration,
    OptionDefinition,
    PathDefinition,
    PathKind,
    Step,
)


class ModuleClass(Enum):
    """Whose options a module sets."""

    NIXOS = "nixos"
    DARWIN = "darwin"
    HOME = "home"


class Side(Enum):
    """Who a setting is for."""

    SYSTEM = "system"
    USER = "user"
    """It stands in the configuration of a user, which has options of its own."""


class HostModule(NamedTuple):
    """A host as it is named in an output."""

    module_class: ModuleClass
    name: Step
    """None where it is computed: for each of some names."""


class NamedModule(NamedTuple):
    """A module that is reached by a name: `flake.modules.nixos.ssh`."""

    module_class: ModuleClass
    name: Step


Owner = HostModule | NamedModule | None
"""What a module is for; None for that of a whole file."""


class BodyDefinition(NamedTuple):
    """A definition in a module."""

    setting: AttrPath
    """As the module says it, without the way to the module."""
    side: Side
    definition: OptionDefinition


class DeclaredOption(NamedTuple):
    """An option in a module."""

    setting: AttrPath
    option: OptionDeclaration


class BodyPath(NamedTuple):
    """A path in a module."""

    setting: AttrPath
    """Where it stands in the module; empty in its `imports`."""
    side: Side
    path: PathDefinition


class ModuleBody(NamedTuple):
    """One module."""

    file: str
    owner: Owner
    depth: int
    """How many steps of a setting lead to it in its file."""
    definitions: list[BodyDefinition]
    options: list[DeclaredOption]
    paths: list[BodyPath]


_HOST_OUTPUTS = {
    "nixosConfigurations": ModuleClass.NIXOS,
    "darwinConfigurations": ModuleClass.DARWIN,
    "homeConfigurations": ModuleClass.HOME,
    "colmena": ModuleClass.NIXOS,
    "colmenaHive": ModuleClass.NIXOS,
}
"""Attributes that hold hosts by name."""

_FRAMEWORK_OUTPUTS = (
    (("easy-hosts", "hosts"), ModuleClass.NIXOS),
    (("easyHosts", "hosts"), ModuleClass.NIXOS),
    (("clan", "machines"), ModuleClass.NIXOS),
)
"""The same, of frameworks."""

_MODULE_OUTPUTS = {
    "nixosModules": ModuleClass.NIXOS,
    "nixosProfiles": ModuleClass.NIXOS,
    "darwinModules": ModuleClass.DARWIN,
    "homeModules": ModuleClass.HOME,
    "homeManagerModules": ModuleClass.HOME,
}
"""Attributes that hold modules by name."""

CLASSES = {
    "nixos": ModuleClass.NIXOS,
    "generic": ModuleClass.NIXOS,
    "darwin": ModuleClass.DARWIN,
    "homeManager": ModuleClass.HOME,
    "home-manager": ModuleClass.HOME,
    "home": ModuleClass.HOME,
}
"""The classes of `flake.modules`."""

_ARGUMENTS = word_set("flakes", "not-hosts")
"""What stands below an output without being the name of a host: what functions that make hosts
take, and what colmena keeps beside them."""

_WRAPPERS = ("defaults", "value")
"""What stands in the place of a host's name and holds what all, or each, of them are."""

_OWN_STEPS = frozenset(("imports", "config"))
_LEADING_STEPS = frozenset((*_OWN_STEPS, "modules", "extraModules"))
"""Steps to a module in a list, which belong to no option."""

_OTHER_MACHINES: dict[str, tuple[tuple[int, str], ...]] = {
    "containers": ((2, "config"),),
    "microvm": ((1, "vms"), (3, "config")),
    "nodes": (),
    "specialisation": (),
    "virtualisation": ((1, "vmVariant"),),
}
"""Options that hold another machine, with the steps that lead to its own options."""

_USERS = (("users",), ("sharedModules",))
_FLAKE = ("outputs", "flake", "perSystem")

_HEADS = frozenset(
    (
        *_HOST_OUTPUTS,
        *_MODULE_OUTPUTS,
        *_LEADING_STEPS,
        *_OTHER_MACHINES,
        *(path[0] for path, _ in _FRAMEWORK_OUTPUTS),
        *_FLAKE,
        "home-manager",
    )
)
"""First steps that say more than an option's path."""


class _ModulePosition(NamedTuple):
    """Where a setting is in its file."""

    owner: Owner
    depth: int
    """How many steps lead to the module."""


def split_module(module: Module, holds: ModuleClass | None) -> Iterator[ModuleBody]:
    """Yield the modules that the file holds.

    `holds` is the world of the hosts whose names are the file's own attributes, where it is
    imported as an output.
    """
    splitter = _Splitter(module, holds)
    plain = splitter.plain
    for definition in module.definitions:
        setting = definition.setting
        if plain is not None and not (setting and setting[0] in _HEADS):
            plain.definitions.append(BodyDefinition(setting, Side.SYSTEM, definition))
            continue
        held = splitter.locate(setting)
        if held is not None:
            held.body.definitions.append(BodyDefinition(held.setting, held.side, definition))
    for option in module.options:
        held = splitter.locate(option.setting)
        if held is not None:
            held.body.options.append(DeclaredOption(held.setting, option))
    for path in module.paths:
        held = None if path.local else splitter.locate(path.setting)
        if held is not None:
            held.body.paths.append(BodyPath(held.setting, held.side, path))
    yield from (body for body in splitter.bodies.values() if _is_relevant(body))


def _is_relevant(body: ModuleBody) -> bool:
    return bool(
        body.definitions or body.options or body.paths or isinstance(body.owner, HostModule)
    )


class _InnerPath(NamedTuple):
    """A setting in a module's own words."""

    setting: AttrPath
    side: Side


class _BodyPosition(NamedTuple):
    """The module that a setting is in."""

    body: ModuleBody
    setting: AttrPath
    side: Side


class _Splitter:
    """Tells which module of a file a setting is in."""

    def __init__(self, module: Module, holds: ModuleClass | None) -> None:
        self.bodies: dict[tuple[Owner, AttrPath], ModuleBody] = {}
        self._file = module.path
        self._host_class = holds
        self._leading = _OWN_STEPS
        if any(not path.local and path.setting == _MODULE_LIST for path in module.paths) or any(
            definition.setting == _MODULE_LIST for definition in module.definitions
        ):
            self._leading = _LEADING_STEPS

        self.plain: ModuleBody | None = None
        """The module that is all of the file; None where its attributes are hosts."""
        if holds is None:
            self.plain = ModuleBody(self._file, None, 0, [], [], [])
            self.bodies[None, ()] = self.plain

    def locate(self, setting: AttrPath) -> _BodyPosition | None:
        """Return the module that `setting` is in; None where it is in none."""
        place, inner = _WHOLE_FILE, _InnerPath(setting, Side.SYSTEM)
        is_plain = not setting or setting[0] not in _HEADS
        if self._host_class is not None and setting:
            place, is_plain = _host_position(setting, 0, self._host_class), False
        elif not is_plain:
            place = _module_position(setting)
        if not is_plain:
            leading = self._leading if place.owner is None else _LEADING_STEPS
            found = _inner_path(setting[place.depth :], leading)
            if found is None:
                return None
            inner = found
        key = (place.owner, setting[: place.depth])
        body = self.bodies.get(key)
        if body is None:
            body = self.bodies[key] = ModuleBody(self._file, place.owner, place.depth, [], [], [])
        return _BodyPosition(body, inner.setting, inner.side)


def host_output_files(modules: Iterable[Module]) -> Iterator[tuple[str, ModuleClass]]:
    """Yield the files that are imported as an output of hosts: `import ./hosts.nix`."""
    for module in modules:
        for path in module.paths:
            last = path.setting[-1] if path.setting else None
            if last in _HOST_OUTPUTS and path.kind is PathKind.IMPORT and not path.local:
                yield path.target, _HOST_OUTPUTS[last]


_MODULE_LIST: AttrPath = ("modules",)
"""Where a file that makes a host itself has its modules."""

_WHOLE_FILE = _ModulePosition(None, 0)


def _module_position(setting: AttrPath) -> _ModulePosition:
    """Return whose module `setting` is in."""
    at = 1 if setting[0] == "outputs" else 0
    if setting[at : at + 1] == ("flake",):
        at += 1
    head = setting[at] if at < len(setting) else None
    if head in _HOST_OUTPUTS:
        return _host_position(setting, at + 1, _HOST_OUTPUTS[head])
    if head in _MODULE_OUTPUTS:
        name = setting[at + 1] if at + 1 < len(setting) else None
        return _ModulePosition(NamedModule(_MODULE_OUTPUTS[head], name), min(at + 2, len(setting)))
    if head == "modules" and at and len(setting) > at + 1:
        world = CLASSES.get(setting[at + 1] or "")
        if world is not None:
            name = setting[at + 2] if at + 2 < len(setting) else None
            return _ModulePosition(NamedModule(world, name), min(at + 3, len(setting)))
    for path, world in _FRAMEWORK_OUTPUTS:
        if setting[at : at + len(path)] == path:
            return _host_position(setting, at + len(path), world)
    return _WHOLE_FILE


def _host_position(setting: AttrPath, at: int, world: ModuleClass) -> _ModulePosition:
    """Return the host whose name stands at `at`, if one does."""
    name = setting[at] if at < len(setting) else None
    if name is None or name in _WRAPPERS:
        return _ModulePosition(HostModule(world, None), min(at + 1, len(setting)))
    if name in _ARGUMENTS:
        return _ModulePosition(HostModule(world, None), at)
    return _ModulePosition(HostModule(world, name), at + 1)


def _inner_path(rest: AttrPath, leading: frozenset[str]) -> _InnerPath | None:
    """Return the setting in a module's own words.

    None for what belongs to another machine, or to no module at all. `leading` are the
    steps that are no options here.
    """
    side = Side.SYSTEM
    while rest:
        head = rest[0]
        if head in leading:
            rest = rest[1:]
        elif head == "home-manager" and side is Side.SYSTEM and rest[1:2] in _USERS:
            size = 3 if rest[1] == "users" else 2
            if len(rest) < size:
                break
            rest, side = rest[size:], Side.USER
        elif _is_of_other_machine(rest) or (head in _FLAKE and leading is not _LEADING_STEPS):
            return None
        else:
            break
    return _InnerPath(rest, side)


def _is_of_other_machine(rest: AttrPath) -> bool:
    """Return whether `rest` leads into the options of another machine."""
    steps = _OTHER_MACHINES.get(rest[0] or "")
    return steps is not None and all(rest[at : at + 1] == (step,) for at, step in steps)


def host_builder_paths(module: Module) -> Iterator[PathDefinition]:
    """Yield the paths in a file that are given to functions that make hosts.

    They stand in a list of modules, or in a `let` of which the use is not known.
    """
    for path in module.paths:
        if path.kind in (PathKind.MODULE, PathKind.TREE) and (
            path.local or "modules" in path.setting
        ):
            yield path
