"""Paths and names of modules, and the files and modules that they mean."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

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


class ModuleTree:
    """The relevant files of a project, in their folders."""

    def __init__(self, modules: Sequence[module_facts.Module]) -> None:
        self._paths = [module.path for module in modules]
        self.modules = {module.path: module for module in modules}

    def file(self, target: str) -> str | None:
        """Return the file that importing `target` reads, if it is relevant."""
        if target in self.modules:
            return target
        inner = "default.nix" if target == "." else f"{target}/default.nix"
        return inner if inner in self.modules else None

    def imported(self, target: str) -> Iterator[str]:
        """Yield the files that `target` means in a list of modules.

        A folder that cannot be imported means the modules in it.
        """
        file = self.file(target)
        if file is not None:
            yield file
        elif not target.endswith(".nix"):
            yield from self.modules_below(target)

    def files_named(self, target: str, name: str) -> Iterator[str]:
        """Yield the files that `target` means, with `name` for its computed parts."""
        for text in dict.fromkeys((name, name.lower())):
            files = list(self.imported(fill_computed(target, text)))
            if files:
                yield from files
                return

    def files_at(self, folder: str, steps: Sequence[str]) -> Iterator[str]:
        """Yield the files at the path `steps` in `folder`: `profiles.services.ssh`."""
        yield from self.imported("/".join((folder, *steps)))
        path = "/".join((folder, *steps)) + ".nix"
        if path in self.modules:
            yield path

    def below(self, folder: str) -> Iterator[str]:
        """Yield the files below `folder`."""
        yield from self._with_prefix("" if folder == "." else f"{folder}/")

    def modules_below(self, folder: str) -> Iterator[str]:
        """Yield the files below `folder`, except those that are not modules: `_template.nix`."""
        start = 0 if folder == "." else len(folder)
        for path in self.below(folder):
            if "/_" not in path[start:] and not path.startswith("_", start):
                yield path

    def _with_prefix(self, prefix: str) -> Iterator[str]:
        for index in range(bisect_left(self._paths, prefix), len(self._paths)):
            if not self._paths[index].startswith(prefix):
                return
            yield self._paths[index]

    def matching(self, target: str) -> Iterator[str]:
        """Yield the files that `target` may mean, with any text for each `*`."""
        for path in self._with_prefix(target.partition("*")[0]):
            if fnmatchcase(path, target) or fnmatchcase(path, f"{target}/default.nix"):
                yield path

    def files_of(self, path: module_facts.PathDefinition) -> Iterator[str]:
        """Yield the files that `path` means, of any kind."""
        if path.kind is module_facts.PathKind.TREE:
            yield from self.below(path.target)
        elif "*" in path.target:
            yield from self.matching(path.target)
        else:
            yield from self.imported(path.target)

    def names_in(self, target: str) -> Iterator[str]:
        """Yield the names that can replace the first `*` of `target`, which has one."""
        before, _, after = target.partition("*")
        suffix = after.partition("/")[0]
        names: dict[str, None] = {}
        for path in self._with_prefix(before):
            step, _, more = path[len(before) :].partition("/")
            name = step if more or suffix else step.removesuffix(".nix")
            name = name.removesuffix(suffix)
            if name and self.file(fill_computed(target, name)) is not None:
                names.setdefault(name)
        yield from names

    def host_names(self, folder: str) -> Iterator[str]:
        """Yield the names of machines in `folder`: `web` for `web.nix` and `web/default.nix`."""
        start = 0 if folder == "." else len(folder) + 1
        steps = (path[start:].partition("/")[0] for path in self.below(folder))
        for name in dict.fromkeys(step.removesuffix(".nix") for step in steps):
            if self.host_root(folder, name) is not None:
                yield name

    def host_root(self, folder: str, name: str) -> str | None:
        """Return the main file of the machine `name` in `folder`."""
        for end in (f"{name}.nix", f"{name}/default.nix", f"{name}/configuration.nix"):
            path = end if folder == "." else f"{folder}/{end}"
            if path in self.modules:
                return path
        return None

    def flake_folder(self, file: str) -> str:
        """Return the folder of the flake that `file` is part of; empty for the project's."""
        folder = file
        while folder:
            folder = folder.rpartition("/")[0]
            if folder and f"{folder}/flake.nix" in self.modules:
                return folder
        return ""


def fill_computed(target: str, name: str) -> str:
    """Return `target` with `name` for its computed parts."""
    return target.replace("*", name)


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
