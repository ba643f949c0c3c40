"""Every Nix file of a project read, and linked to its registries."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Registry, RegistryError, Unknown
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.host_registries import host_registries
from port_registry.registry.read import read_registry
from port_registry.sources.nix.fleet import NO_FLEET, Fleet, RegistryPart


class FleetRead(NamedTuple):
    """A project's Nix files, read and linked."""

    fleet: Fleet
    files: int
    """How many were looked at, registries aside."""
    unread: tuple[Unknown, ...]
    """The files that could not be read, though they may speak of ports."""
    aside: tuple[str, ...]
    """The folders of tests and documentation that were left out."""


def read_fleet(workspace: Workspace, registry: Registry, progress: Progress) -> FleetRead:
    """Read the Nix files of `workspace`, whose registry is `registry`."""
    parts = (RegistryPart(registry, ""), *_host_parts(workspace, registry))
    registries = {part.registry.path for part in parts}
    if not any(path.endswith(".nix") and path not in registries for path in workspace.paths):
        return FleetRead(NO_FLEET._replace(parts=parts), 0, (), ())
    from port_registry.project.nix_files import read_modules
    from port_registry.sources.nix.link import link

    read = read_modules(workspace, progress)
    looked_at = sum(path not in registries for path in read.files)
    return FleetRead(link(read.modules, parts), looked_at, read.unread, read.aside)


def _host_parts(workspace: Workspace, registry: Registry) -> Iterator[RegistryPart]:
    """Yield the registries of single hosts."""
    for path, host in host_registries(workspace.paths, registry.path):
        try:
            yield RegistryPart(read_registry(workspace.files, path, None), host)
        except RegistryError:
            continue
