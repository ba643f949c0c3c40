"""The registry of a project: which file it is, and what it says."""

from typing import NamedTuple

from port_registry.model import Registry, RegistryError
from port_registry.project.workspace import Evaluation, Workspace
from port_registry.registry.locate import WELL_KNOWN, choose
from port_registry.registry.read import read_registry


class Candidates(NamedTuple):
    """The files that may be a project's registry."""

    paths: tuple[str, ...]
    """Relative to the root, the likeliest first."""
    is_explicit: bool
    """Whether it is one that was named, and is the registry whatever it holds."""


def candidates(workspace: Workspace) -> Candidates:
    """Return the files that may be the registry of the project."""
    if workspace.registry is not None:
        return Candidates((workspace.registry,), is_explicit=True)
    # A registry counts even where a `.gitignore` for another language names its folder.
    located = choose(workspace.paths) or choose(filter(workspace.files.exists, WELL_KNOWN))
    paths = () if located is None else (located.chosen, *located.others)
    return Candidates(paths, is_explicit=False)


def load_registry(workspace: Workspace) -> Registry:
    """Return the registry of the project, named or found.

    Raises `RegistryError` where there is none, or it cannot be read.
    """
    found = find_registry(workspace)
    if isinstance(found, Registry):
        return found
    raise no_registry_error(workspace, found)


def find_registry(workspace: Workspace) -> Registry | tuple[str, ...]:
    """Return the registry of the project, or the files named like one that declare no port.

    Raises `RegistryError` where the one that is named, or the likeliest, cannot be read.
    """
    paths, named = candidates(workspace)
    for at, path in enumerate(paths):
        registry = _read(workspace, path)
        if named:
            return registry
        if not has_no_ports(registry):
            return registry.replace(considered=(*paths[:at], *paths[at + 1 :]))
    return paths


def no_registry_error(workspace: Workspace, passed: tuple[str, ...]) -> RegistryError:
    """Return the error for a project without a registry; the files `passed` are none."""
    declares = f"; {', '.join(passed)} declares no ports" if passed else ""
    return RegistryError(
        f"no registry in `{workspace.files.root}`{declares}",
        hint="`port-registry init` writes one; `--registry FILE`, or `registry` in "
        "port-registry.toml, names yours",
    )


def has_no_ports(registry: Registry) -> bool:
    """Return whether a file that was found by its name holds attributes and no port at all."""
    declares = (
        registry.entries or registry.invalid_leaves or registry.duplicates or registry.unknown
    )
    return bool(registry.notes) and not declares


def _read(workspace: Workspace, path: str) -> Registry:
    files, attribute = workspace.files, workspace.attribute
    if workspace.evaluation is Evaluation.NIX:
        from port_registry.registry.nix_eval import read_with_nix

        return read_with_nix(files, path, attribute, files.root)
    return read_registry(files, path, attribute)
