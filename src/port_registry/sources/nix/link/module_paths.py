"""Paths in modules, and the files that they mean."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from port_registry.sources.nix.module_facts import Module, PathDefinition, PathKind


class ModuleTree:
    """The relevant files of a project, in their folders."""

    def __init__(self, modules: Sequence[Module]) -> None:
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
        prefix = "" if folder == "." else f"{folder}/"
        yield from self._with_prefix(prefix)

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

    def files_of(self, path: PathDefinition) -> Iterator[str]:
        """Yield the files that `path` means, of any kind."""
        if path.kind is PathKind.TREE:
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
        names: dict[str, None] = {}
        prefix = "" if folder == "." else f"{folder}/"
        for path in self._with_prefix(prefix):
            step, _, _ = path[len(prefix) :].partition("/")
            name = step.removesuffix(".nix")
            if self.host_root(folder, name) is not None:
                names.setdefault(name)
        yield from names

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
