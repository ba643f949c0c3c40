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


class ModuleWorld(Enum):
    """Whose options a module sets."""

    NIXOS = "nixos"
    DARWIN = "darwin"
    HOME = "home"


class Side(Enum):
    """Who a setting is for."""

    SYSTEM = "system"
    USER = "user"
    """It stands in the configuration of a user, which has options of its own."""


class MachineBody(NamedTuple):
    """A host as it is named in an output."""

    world: ModuleWorld
    name: Step
    """None where it is computed: for each of some names."""


class NamedModule(NamedTuple):
    """A module that is reached by a name: `flake.modules.nixos.ssh`."""

    world: ModuleWorld
    name: Step


Owner = MachineBody | NamedModule | None
"""What a module is for; None for that of a whole file."""


class Stated(NamedTuple):
    """A definition in a module."""

    setting: AttrPath
    """As the module says it, without the way to the module."""
    side: Side
    definition: OptionDefinition


class DeclaredOption(NamedTuple):
    """An option in a module."""

    setting: AttrPath
    option: OptionDeclaration


class Pathed(NamedTuple):
    """A path in a module."""

    setting: AttrPath
    """Where it stands in the module; empty in its `imports`."""
    side: Side
    path: PathDefinition


class Body(NamedTuple):
    """One module."""

    file: str
    owner: Owner
    at: int
    """How many steps of a setting lead to it in its file."""
    stated: list[Stated]
    declared: list[DeclaredOption]
    paths: list[Pathed]


_OUTPUTS = {
    "nixosConfigurations": ModuleWorld.NIXOS,
    "darwinConfigurations": ModuleWorld.DARWIN,
    "homeConfigurations": ModuleWorld.HOME,
    "colmena": ModuleWorld.NIXOS,
    "colmenaHive": ModuleWorld.NIXOS,
}
"""Attributes that hold hosts by name."""

_HOLDERS = (
    (("easy-hosts", "hosts"), ModuleWorld.NIXOS),
    (("easyHosts", "hosts"), ModuleWorld.NIXOS),
    (("clan", "machines"), ModuleWorld.NIXOS),
)
"""The same, of frameworks."""

_NAMED = {
    "nixosModules": ModuleWorld.NIXOS,
    "nixosProfiles": ModuleWorld.NIXOS,
    "darwinModules": ModuleWorld.DARWIN,
    "homeModules": ModuleWorld.HOME,
    "homeManagerModules": ModuleWorld.HOME,
}
"""Attributes that hold modules by name."""

CLASSES = {
    "nixos": ModuleWorld.NIXOS,
    "generic": ModuleWorld.NIXOS,
    "darwin": ModuleWorld.DARWIN,
    "homeManager": ModuleWorld.HOME,
    "home-manager": ModuleWorld.HOME,
    "home": ModuleWorld.HOME,
}
"""The classes of `flake.modules`."""

_ARGUMENTS = word_set("flakes", "not-hosts")
"""What stands below an output without being the name of a host: what functions that make hosts
take, and what colmena keeps beside them."""

_WRAPPERS = ("defaults", "value")
"""What stands in the place of a host's name and holds what all, or each, of them are."""

_OWN = frozenset(("imports", "config"))
_LEADING = frozenset((*_OWN, "modules", "extraModules"))
"""Steps to a module in a list, which belong to no option."""

_APART: dict[str, tuple[tuple[int, str], ...]] = {
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
        *_OUTPUTS,
        *_NAMED,
        *_LEADING,
        *_APART,
        *(path[0] for path, _ in _HOLDERS),
        *_FLAKE,
        "home-manager",
    )
)
"""First steps that say more than an option's path."""


class _Place(NamedTuple):
    """Where a setting is in its file."""

    owner: Owner
    at: int
    """How many steps lead to the module."""


def bodies_of(module: Module, holds: ModuleWorld | None) -> Iterator[Body]:
    """Yield the modules that the file holds.

    `holds` is the world of the hosts whose names are the file's own attributes, where it is
    imported as an output.
    """
    splitter = _Splitter(module, holds)
    plain = splitter.plain
    for definition in module.definitions:
        setting = definition.setting
        if plain is not None and not (setting and setting[0] in _HEADS):
            plain.stated.append(Stated(setting, Side.SYSTEM, definition))
            continue
        held = splitter.hold(setting)
        if held is not None:
            held.body.stated.append(Stated(held.setting, held.side, definition))
    for option in module.options:
        held = splitter.hold(option.setting)
        if held is not None:
            held.body.declared.append(DeclaredOption(held.setting, option))
    for path in module.paths:
        held = None if path.local else splitter.hold(path.setting)
        if held is not None:
            held.body.paths.append(Pathed(held.setting, held.side, path))
    yield from (body for body in splitter.found.values() if _says(body))


def _says(body: Body) -> bool:
    return bool(body.stated or body.declared or body.paths or isinstance(body.owner, MachineBody))


class _Inner(NamedTuple):
    """A setting in a module's own words."""

    setting: AttrPath
    side: Side


class _Held(NamedTuple):
    """The module that a setting is in."""

    body: Body
    setting: AttrPath
    side: Side


class _Splitter:
    """Tells which module of a file a setting is in."""

    def __init__(self, module: Module, holds: ModuleWorld | None) -> None:
        self.found: dict[tuple[Owner, AttrPath], Body] = {}
        self._file = module.path
        self._holds = holds
        self._leading = _OWN
        if any(not path.local and path.setting == _LIST for path in module.paths) or any(
            definition.setting == _LIST for definition in module.definitions
        ):
            self._leading = _LEADING

        self.plain: Body | None = None
        """The module that is all of the file; None where its attributes are hosts."""
        if holds is None:
            self.plain = Body(self._file, None, 0, [], [], [])
            self.found[None, ()] = self.plain

    def hold(self, setting: AttrPath) -> _Held | None:
        """Return the module that `setting` is in; None where it is in none."""
        place, inner = _FILE, _Inner(setting, Side.SYSTEM)
        is_plain = not setting or setting[0] not in _HEADS
        if self._holds is not None and setting:
            place, is_plain = _machine(setting, 0, self._holds), False
        elif not is_plain:
            place = _place(setting)
        if not is_plain:
            leading = self._leading if place.owner is None else _LEADING
            found = _inside(setting[place.at :], leading)
            if found is None:
                return None
            inner = found
        key = (place.owner, setting[: place.at])
        body = self.found.get(key)
        if body is None:
            body = self.found[key] = Body(self._file, place.owner, place.at, [], [], [])
        return _Held(body, inner.setting, inner.side)


def holders(modules: Iterable[Module]) -> Iterator[tuple[str, ModuleWorld]]:
    """Yield the files that are imported as an output of hosts: `import ./hosts.nix`."""
    for module in modules:
        for path in module.paths:
            last = path.setting[-1] if path.setting else None
            if last in _OUTPUTS and path.kind is PathKind.IMPORT and not path.local:
                yield path.target, _OUTPUTS[last]


_LIST: AttrPath = ("modules",)
"""Where a file that makes a host itself has its modules."""

_FILE = _Place(None, 0)


def _place(setting: AttrPath) -> _Place:
    """Return whose module `setting` is in."""
    at = 1 if setting[0] == "outputs" else 0
    if setting[at : at + 1] == ("flake",):
        at += 1
    head = setting[at] if at < len(setting) else None
    if head in _OUTPUTS:
        return _machine(setting, at + 1, _OUTPUTS[head])
    if head in _NAMED:
        name = setting[at + 1] if at + 1 < len(setting) else None
        return _Place(NamedModule(_NAMED[head], name), min(at + 2, len(setting)))
    if head == "modules" and at and len(setting) > at + 1:
        world = CLASSES.get(setting[at + 1] or "")
        if world is not None:
            name = setting[at + 2] if at + 2 < len(setting) else None
            return _Place(NamedModule(world, name), min(at + 3, len(setting)))
    for path, world in _HOLDERS:
        if setting[at : at + len(path)] == path:
            return _machine(setting, at + len(path), world)
    return _FILE


def _machine(setting: AttrPath, at: int, world: ModuleWorld) -> _Place:
    """Return the host whose name stands at `at`, if one does."""
    name = setting[at] if at < len(setting) else None
    if name is None or name in _WRAPPERS:
        return _Place(MachineBody(world, None), min(at + 1, len(setting)))
    if name in _ARGUMENTS:
        return _Place(MachineBody(world, None), at)
    return _Place(MachineBody(world, name), at + 1)


def _inside(rest: AttrPath, leading: frozenset[str]) -> _Inner | None:
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
        elif _is_apart(rest) or (head in _FLAKE and leading is not _LEADING):
            return None
        else:
            break
    return _Inner(rest, side)


def _is_apart(rest: AttrPath) -> bool:
    """Return whether `rest` leads into the options of another machine."""
    steps = _APART.get(rest[0] or "")
    return steps is not None and all(rest[at : at + 1] == (step,) for at, step in steps)


def builders(module: Module) -> Iterator[PathDefinition]:
    """Yield the paths in a file that are given to functions that make hosts.

    They stand in a list of modules, or in a `let` of which the use is not known.
    """
    for path in module.paths:
        if path.kind in (PathKind.MODULE, PathKind.TREE) and (
            path.local or "modules" in path.setting
        ):
            yield path
