"""Conversion of a registry to another language."""

import os

from port_registry.model import NamedTuple, Registry, UsageError, WriteError
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.project.write import create
from port_registry.registry.convert import converted


class ConvertedRegistry(NamedTuple):
    """A registry in another language."""

    registry: Registry
    text: str
    computed: int
    """The number of its ports that were computed, and are plain numbers now."""


def convert(workspace: Workspace, language: str) -> ConvertedRegistry:
    """Return the registry of the project in `language`; raises `RegistryError`."""
    registry = load_registry(workspace)
    computed = sum(not entry.digits for entry in registry.entries)
    return ConvertedRegistry(registry, converted(registry, language), computed)


def write_new(start: str, path: str, text: str) -> None:
    """Write a file that does not exist yet, at `path` relative to `start`."""
    absolute = os.path.join(start, path)
    if os.path.lexists(absolute):
        raise UsageError(f"`{path}` is there already", hint="remove it, or name another file")
    if not os.path.isdir(os.path.dirname(absolute)):
        raise WriteError("its folder does not exist", path=path)
    create(absolute, path, text)
