"""Every Nix file of a project read, and linked to its registries."""

import os

from port_registry.engine.progress import Progress
from port_registry.engine.workspace import Workspace
from port_registry.model.entry import Registry
from port_registry.model.errors import RegistryError, SourceError
from port_registry.registry.read import read_registry
from port_registry.sources.nix.fleet import Fleet, Part
from port_registry.sources.nix.link import link
from port_registry.sources.nix.module import Module
from port_registry.sources.nix.read import read_module


def read_fleet(workspace: Workspace, registry: Registry, progress: Progress) -> Fleet:
    """Read the Nix files of `workspace`, whose registry is `registry`."""
    paths = [path for path in workspace.paths if path.endswith(".nix")]
    modules: list[Module] = []
    for done, path in enumerate(paths):
        progress.step(done, len(paths), path)
        try:
            module = read_module(workspace.files.read(path))
        except SourceError:
            continue
        if module is not None:
            modules.append(module)
    return link(modules, (Part(registry, ""), *_host_parts(workspace, registry)))


def _host_parts(workspace: Workspace, registry: Registry) -> list[Part]:
    """Return the registries of single hosts: those named as the registry is, `hosts/*/`."""
    name = os.path.basename(registry.path)
    found: list[Part] = []
    for path in workspace.paths:
        folder = os.path.dirname(path)
        above, host = os.path.split(folder)
        if os.path.basename(path) != name or os.path.basename(above) not in _HOST_FOLDERS:
            continue
        if path != registry.path:
            try:
                found.append(Part(read_registry(workspace.files, path, None), host))
            except RegistryError:
                continue
    return found


_HOST_FOLDERS = ("hosts", "machines", "systems", "nodes")
