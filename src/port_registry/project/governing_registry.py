"""Locating and loading the registry of a project."""

from port_registry.model import NamedTuple, Registry, RegistryError
from port_registry.project.workspace import Evaluation, Workspace
from port_registry.registry.locate import WELL_KNOWN, choose
from port_registry.registry.read import read_registry


class Candidates(NamedTuple):
    """The files that may be a project's registry."""

    paths: tuple[str, ...]
    """Relative to the root, in order of preference."""
    is_explicit: bool
    """Whether the user has named it, so that it is the registry whatever it contains."""


def candidates(workspace: Workspace) -> Candidates:
    """Return the files that may be the registry of the project."""
    if workspace.registry is not None:
        return Candidates((workspace.registry,), is_explicit=True)
    # A registry counts even if a `.gitignore` for another language names its folder.
    located = choose(workspace.paths) or choose(filter(workspace.files.exists, WELL_KNOWN))
    paths = () if located is None else (located.chosen, *located.others)
    return Candidates(paths, is_explicit=False)


def load_registry(workspace: Workspace) -> Registry:
    """Return the registry of the project.

    Raises `RegistryError` where there is none, or it cannot be read.
    """
    result = find_registry(workspace)
    if isinstance(result, Registry):
        return result
    raise no_registry_error(workspace, result)


def find_registry(workspace: Workspace) -> Registry | tuple[str, ...]:
    """Return the registry of the project, or the candidates, which declare no ports.

    Raises `RegistryError` where a candidate cannot be read.
    """
    paths, is_explicit = candidates(workspace)
    for index, path in enumerate(paths):
        registry = _read(workspace, path)
        if is_explicit:
            return registry
        if not has_no_ports(registry):
            return registry.replace(considered=(*paths[:index], *paths[index + 1 :]))
    return paths


def no_registry_error(workspace: Workspace, rejected: tuple[str, ...]) -> RegistryError:
    """Return the error for a project without a registry; the files `rejected` have no ports."""
    declares = f"; {', '.join(rejected)} declares no ports" if rejected else ""
    return RegistryError(
        f"no registry in `{workspace.files.root}`{declares}",
        hint="`port-registry init` creates one; an existing one is chosen with"
        " `--registry FILE`, or `registry` in port-registry.toml",
    )


def has_no_ports(registry: Registry) -> bool:
    """Return whether the file has attributes but no ports, and is not meant as a registry."""
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
