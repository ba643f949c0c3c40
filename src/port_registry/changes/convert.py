"""A registry in another language, on the screen or in a file."""

import os
from typing import NamedTuple

from port_registry.model import Registry, UsageError, WriteError
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.project.write import create
from port_registry.registry.convert import converted


class Converted(NamedTuple):
    """A registry in another language."""

    registry: Registry
    text: str
    computed: int
    """How many of its ports are computed, and have become numbers."""


def convert(workspace: Workspace, language: str) -> Converted:
    """Return the registry of the project in `language`; raises `RegistryError`."""
    registry = load_registry(workspace)
    computed = sum(not entry.digits for entry in registry.entries)
    return Converted(registry, converted(registry, language), computed)


def write_new(start: str, path: str, text: str) -> None:
    """Write a file that is not there yet, at `path` as seen from `start`."""
    whole = os.path.join(start, path)
    if os.path.lexists(whole):
        raise UsageError(f"`{path}` is there already", hint="remove it, or name another file")
    if not os.path.isdir(os.path.dirname(whole)):
        raise WriteError("its folder does not exist", path=path)
    create(whole, path, text)
