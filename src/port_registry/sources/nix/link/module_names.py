"""What a name among modules means: `self.nixosModules.web`, `inputs.disko.nixosModules.disko`."""

from collections.abc import Sequence
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.sources.nix.link.module_bodies import CLASSES
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    Chain,
    Module,
    PathKind,
    Step,
)

_HARMLESS = word_set("flakes", "harmless-inputs")
"""Flakes whose modules make nothing listen by being imported."""

_OWN_OUTPUTS = ("self", "outputs", "flake", "config")
"""What leads to the outputs of the project itself."""

_MODULE_SETS = word_set("flakes", "module-sets")

_DEFAULT_NAMES = ("default", "nixosModule", "module")
"""What flakes call a module that has no name of its own."""

_ARGUMENTS = (("specialArgs",), ("extraSpecialArgs",), ("args",), ("extraArgs",))
"""Attributes whose own attributes become arguments of modules."""


class ModuleTarget(NamedTuple):
    """Where a name among modules leads."""

    file: str | None = None
    """A file that is named."""
    folder: str | None = None
    """An argument that may hold the modules of a folder."""
    steps: tuple[str, ...] = ()
    """The way in that folder."""
    name: Step = ""
    """The name of a module of this project; None for any of them."""
    external: bool = False
    """Whether it is another project's, and may do anything."""
    is_own: bool = True
    """Whether the project has it, as far as that can be said."""


_NO_TARGET = ModuleTarget(is_own=False)


def module_target(chain: Chain) -> ModuleTarget:
    """Return where `chain` leads."""
    if chain.origin is AliasOrigin.FILE:
        return ModuleTarget(file=chain.root, is_own=False)
    if chain.origin is AliasOrigin.LOCAL:
        return _NO_TARGET
    if chain.origin is AliasOrigin.NOWHERE:
        return ModuleTarget(name=chain.root)
    way: AttrPath = chain.path if chain.root == "inputs" else (chain.root, *chain.path)
    for at, step in enumerate(way[:-1]):
        if step in _MODULE_SETS:
            return _flake_module(way[:at], way[at + 1])
        if step == "modules" and way[at + 1] in CLASSES and len(way) > at + 2:
            return _flake_module(way[:at], way[at + 2])
    if chain.root == "inputs" or way[-1] in _DEFAULT_NAMES:
        foreign = bool(way) and way[0] not in _HARMLESS
        return ModuleTarget(external=foreign, is_own=False)
    steps = tuple(step for step in chain.path if step is not None)
    if len(steps) < len(chain.path):
        return ModuleTarget(folder=chain.root, steps=("*",))
    return ModuleTarget(folder=chain.root, steps=steps)


def _flake_module(way: AttrPath, name: Step) -> ModuleTarget:
    """Return the module `name` of the flake that `way` leads to."""
    if way and way[0] not in _OWN_OUTPUTS:
        return ModuleTarget(external=way[0] not in _HARMLESS, is_own=False)
    return ModuleTarget(name=name)


def passed_folders(modules: Sequence[Module]) -> dict[str, str]:
    """Return the folders whose modules are taken by their way: `profiles.services.ssh`.

    They are arguments of modules, or were given a name where what uses it is not seen.
    """
    local: dict[str, str] = {}
    handed: dict[str, str] = {}
    for module in modules:
        for path in module.paths:
            if path.kind is PathKind.IMPORT or "*" in path.target:
                continue
            name = path.setting[-1] if path.setting else None
            if name is not None and path.setting[-2:-1] in _ARGUMENTS:
                handed.setdefault(name, path.target)
            elif path.local:
                local.setdefault(path.local, path.target)
    return {**local, **handed}
