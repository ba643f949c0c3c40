"""Targets of names among modules: `self.nixosModules.web`, `inputs.disko.nixosModules.disko`."""

from collections.abc import Sequence

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.link.module_bodies import CLASSES

_HARMLESS = word_set("flakes", "harmless-inputs")
"""Flakes whose modules start no listener by being imported."""

_OWN_OUTPUTS = ("self", "outputs", "flake", "config")
"""Names of the outputs of the project itself."""

_MODULE_SETS = word_set("flakes", "module-sets")

_DEFAULT_NAMES = ("default", "nixosModule", "module")
"""Names of flakes for a module without a name."""

_ARGUMENTS = (("specialArgs",), ("extraSpecialArgs",), ("args",), ("extraArgs",))
"""Attributes whose own attributes become arguments of modules."""


class ModuleTarget(NamedTuple):
    """The target of a name among modules."""

    file: str | None = None
    """A file that is named."""
    folder: str | None = None
    """An argument for the modules of a folder."""
    steps: tuple[str, ...] = ()
    """The path in that folder."""
    name: module_facts.Step = ""
    """The name of a module of this project; None for any of them."""
    external: bool = False
    """Whether it is another project's, which may do anything."""
    is_own: bool = True
    """Whether the project should have it."""


_NO_TARGET = ModuleTarget(is_own=False)


def module_target(chain: module_facts.Chain) -> ModuleTarget:
    """Return the module that `chain` leads to."""
    if chain.origin is module_facts.AliasOrigin.FILE:
        return ModuleTarget(file=chain.root, is_own=False)
    if chain.origin is module_facts.AliasOrigin.LOCAL:
        return _NO_TARGET
    if chain.origin is module_facts.AliasOrigin.NOWHERE:
        return ModuleTarget(name=chain.root)
    path: module_facts.AttrPath = (
        chain.path if chain.root == "inputs" else (chain.root, *chain.path)
    )
    for index, step in enumerate(path[:-1]):
        if step in _MODULE_SETS:
            return _flake_module(path[:index], path[index + 1])
        if step == "modules" and path[index + 1] in CLASSES and len(path) > index + 2:
            return _flake_module(path[:index], path[index + 2])
    if chain.root == "inputs" or path[-1] in _DEFAULT_NAMES:
        return ModuleTarget(external=bool(path) and path[0] not in _HARMLESS, is_own=False)
    steps = tuple(step for step in chain.path if step is not None)
    if len(steps) < len(chain.path):
        return ModuleTarget(folder=chain.root, steps=("*",))
    return ModuleTarget(folder=chain.root, steps=steps)


def _flake_module(path: module_facts.AttrPath, name: module_facts.Step) -> ModuleTarget:
    """Return the module `name` of the flake that `path` leads to."""
    if path and path[0] not in _OWN_OUTPUTS:
        return ModuleTarget(external=path[0] not in _HARMLESS, is_own=False)
    return ModuleTarget(name=name)


def passed_folders(modules: Sequence[module_facts.Module]) -> dict[str, str]:
    """Return the folders whose modules are used by their path: `profiles.services.ssh`.

    They are arguments of modules, or local bindings of which the use is not known.
    """
    local: dict[str, str] = {}
    passed: dict[str, str] = {}
    for module in modules:
        for path in module.paths:
            if path.kind is module_facts.PathKind.IMPORT or "*" in path.target:
                continue
            name = path.setting[-1] if path.setting else None
            if name is not None and path.setting[-2:-1] in _ARGUMENTS:
                passed.setdefault(name, path.target)
            elif path.local:
                local.setdefault(path.local, path.target)
    return {**local, **passed}
