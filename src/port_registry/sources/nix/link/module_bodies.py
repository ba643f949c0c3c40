"""Splitting of files into the modules that they contain.

Most files are one module. A flake contains one for each host and each module in its outputs;
the module of a host may contain the configuration of a user, which has options of its own.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple
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
    """The system whose options a module sets."""

    NIXOS = "nixos"
    DARWIN = "darwin"
    HOME = "home"


class Side(Enum):
    """Whether a setting is of the system or of a user."""

    SYSTEM = "system"
    USER = "user"
    """It is in the configuration of a user, which has options of its own."""


class HostModule(NamedTuple):
    """A host in an output."""

    module_class: ModuleClass
    name: Step
    """None where it is computed."""


class NamedModule(NamedTuple):
    """A module in an output: `flake.modules.nixos.ssh`."""

    module_class: ModuleClass
    name: Step


Owner = HostModule | NamedModule | None
"""The output that a module belongs to; None for the module that is a whole file."""


class BodyDefinition(NamedTuple):
    """A definition in a module."""

    setting: AttrPath
    """Relative to the module."""
    side: Side
    definition: OptionDefinition


class DeclaredOption(NamedTuple):
    """An option in a module."""

    setting: AttrPath
    option: OptionDeclaration


class BodyPath(NamedTuple):
    """A path in a module."""

    setting: AttrPath
    """Relative to the module; empty in its `imports`."""
    side: Side
    path: PathDefinition


class ModuleBody(NamedTuple):
    """One module."""

    file: str
    owner: Owner
    depth: int
    """The number of steps that lead to it in its file."""
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
"""Outputs of hosts by name."""

_FRAMEWORK_OUTPUTS = (
    (("easy-hosts", "hosts"), ModuleClass.NIXOS),
    (("easyHosts", "hosts"), ModuleClass.NIXOS),
    (("clan", "machines"), ModuleClass.NIXOS),
)
"""Outputs of hosts by name, of frameworks."""

_MODULE_OUTPUTS = {
    "nixosModules": ModuleClass.NIXOS,
    "nixosProfiles": ModuleClass.NIXOS,
    "darwinModules": ModuleClass.DARWIN,
    "homeModules": ModuleClass.HOME,
    "homeManagerModules": ModuleClass.HOME,
}
"""Outputs of modules by name."""

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
"""Attributes below an output that are not hosts: arguments of functions that make hosts, and
the settings of colmena."""

_WRAPPERS = ("defaults", "value")
"""Attributes in the place of a host's name that hold the configuration of all, or of each."""

_OWN_STEPS = frozenset(("imports", "config"))
_LEADING_STEPS = frozenset((*_OWN_STEPS, "modules", "extraModules"))
"""Steps that lead to a module, and are part of no option."""

_OTHER_MACHINES: dict[str, tuple[tuple[int, str], ...]] = {
    "containers": ((2, "config"),),
    "microvm": ((1, "vms"), (3, "config")),
    "nodes": (),
    "specialisation": (),
    "virtualisation": ((1, "vmVariant"),),
}
"""Options that contain another machine, with the steps that lead to its own options."""

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
"""First steps that are not simply part of an option's path."""


class _ModulePosition(NamedTuple):
    """The module that a setting of a file is in."""

    owner: Owner
    depth: int
    """The number of steps that lead to the module."""


def split_module(module: Module, host_class: ModuleClass | None) -> Iterator[ModuleBody]:
    """Yield the modules that a file contains.

    `host_class` is the class of the hosts whose names are the file's own attributes, where it
    is imported as an output.
    """
    splitter = _Splitter(module, host_class)
    plain = splitter.plain
    for definition in module.definitions:
        setting = definition.setting
        if plain is not None and not (setting and setting[0] in _HEADS):
            plain.definitions.append(BodyDefinition(setting, Side.SYSTEM, definition))
            continue
        position = splitter.locate(setting)
        if position is not None:
            position.body.definitions.append(
                BodyDefinition(position.setting, position.side, definition)
            )
    for option in module.options:
        position = splitter.locate(option.setting)
        if position is not None:
            position.body.options.append(DeclaredOption(position.setting, option))
    for path in module.paths:
        position = None if path.local else splitter.locate(path.setting)
        if position is not None:
            position.body.paths.append(BodyPath(position.setting, position.side, path))
    for body in splitter.bodies.values():
        if body.definitions or body.options or body.paths or isinstance(body.owner, HostModule):
            yield body


class _BodyPosition(NamedTuple):
    """The module that a setting is in."""

    body: ModuleBody
    setting: AttrPath
    side: Side


class _Splitter:
    """Finds the module of a file that a setting is in."""

    def __init__(self, module: Module, host_class: ModuleClass | None) -> None:
        self.bodies: dict[tuple[Owner, AttrPath], ModuleBody] = {}
        self._file = module.path
        self._host_class = host_class
        self._leading = _OWN_STEPS
        if any(not path.local and path.setting == _MODULE_LIST for path in module.paths) or any(
            definition.setting == _MODULE_LIST for definition in module.definitions
        ):
            self._leading = _LEADING_STEPS

        self.plain: ModuleBody | None = None
        """The module that is the whole file; None where its attributes are hosts."""
        if host_class is None:
            self.plain = ModuleBody(self._file, None, 0, [], [], [])
            self.bodies[None, ()] = self.plain

    def locate(self, setting: AttrPath) -> _BodyPosition | None:
        """Return the module that `setting` is in; None where it is in none."""
        position, inner, side = _WHOLE_FILE, setting, Side.SYSTEM
        is_plain = not setting or setting[0] not in _HEADS
        if self._host_class is not None and setting:
            position, is_plain = _host_position(setting, 0, self._host_class), False
        elif not is_plain:
            position = _module_position(setting)
        if not is_plain:
            leading = self._leading if position.owner is None else _LEADING_STEPS
            relative = _inner_path(setting[position.depth :], leading)
            if relative is None:
                return None
            inner, side = relative
        key = (position.owner, setting[: position.depth])
        body = self.bodies.get(key)
        if body is None:
            body = ModuleBody(self._file, position.owner, position.depth, [], [], [])
            self.bodies[key] = body
        return _BodyPosition(body, inner, side)


def host_output_files(modules: Iterable[Module]) -> Iterator[tuple[str, ModuleClass]]:
    """Yield the files that are imported as an output of hosts: `import ./hosts.nix`."""
    for module in modules:
        for path in module.paths:
            last = path.setting[-1] if path.setting else None
            if last in _HOST_OUTPUTS and path.kind is PathKind.IMPORT and not path.local:
                yield path.target, _HOST_OUTPUTS[last]


_MODULE_LIST: AttrPath = ("modules",)
"""The setting of the modules in a file that makes a host itself."""

_WHOLE_FILE = _ModulePosition(None, 0)


def _module_position(setting: AttrPath) -> _ModulePosition:
    """Return the module of a file that `setting` is in."""
    depth = 1 if setting[0] == "outputs" else 0
    if setting[depth : depth + 1] == ("flake",):
        depth += 1
    head = setting[depth] if depth < len(setting) else None
    if head in _HOST_OUTPUTS:
        return _host_position(setting, depth + 1, _HOST_OUTPUTS[head])
    if head in _MODULE_OUTPUTS:
        return _named_position(setting, depth + 1, _MODULE_OUTPUTS[head])
    if head == "modules" and depth and len(setting) > depth + 1:
        module_class = CLASSES.get(setting[depth + 1] or "")
        if module_class is not None:
            return _named_position(setting, depth + 2, module_class)
    for path, module_class in _FRAMEWORK_OUTPUTS:
        if setting[depth : depth + len(path)] == path:
            return _host_position(setting, depth + len(path), module_class)
    return _WHOLE_FILE


def _named_position(setting: AttrPath, depth: int, module_class: ModuleClass) -> _ModulePosition:
    """Return the module whose name is the step at `depth` of `setting`."""
    name = setting[depth] if depth < len(setting) else None
    return _ModulePosition(NamedModule(module_class, name), min(depth + 1, len(setting)))


def _host_position(setting: AttrPath, depth: int, module_class: ModuleClass) -> _ModulePosition:
    """Return the host whose name is the step at `depth` of `setting`."""
    name = setting[depth] if depth < len(setting) else None
    if name is None or name in _WRAPPERS:
        return _ModulePosition(HostModule(module_class, None), min(depth + 1, len(setting)))
    if name in _ARGUMENTS:
        return _ModulePosition(HostModule(module_class, None), depth)
    return _ModulePosition(HostModule(module_class, name), depth + 1)


def _inner_path(rest: AttrPath, leading: frozenset[str]) -> tuple[AttrPath, Side] | None:
    """Return the setting relative to its module, and its side.

    None if it belongs to another machine, or to no module at all. `leading` are the steps
    that are not options in this file.
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
    return rest, side


def _is_of_other_machine(rest: AttrPath) -> bool:
    """Return whether `rest` leads into the options of another machine."""
    steps = _OTHER_MACHINES.get(rest[0] or "")
    return steps is not None and all(rest[index : index + 1] == (step,) for index, step in steps)


def host_builder_paths(module: Module) -> Iterator[PathDefinition]:
    """Yield the paths in a file that may be passed to functions that make hosts.

    They are in a list of modules, or in a `let` whose use is not known.
    """
    for path in module.paths:
        if path.kind in (PathKind.MODULE, PathKind.TREE) and (
            path.local or "modules" in path.setting
        ):
            yield path
