"""Project of a command: the request to open it, its paths, and the choice of its registry."""

import os
from argparse import Namespace

from port_registry.model import Registry
from port_registry.output.locations import DisplayPaths
from port_registry.output.plural import first_few
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.project.workspace import Evaluation, Request, current_directory
from port_registry.registry.host_registries import host_registries

_MAX_CANDIDATES = 3
"""How many other registry files the note names."""


def request_for(arguments: Namespace) -> Request:
    """Return the request for the project of the current directory and the registry options."""
    return Request(
        start=current_directory(),
        registry=arguments.registry,
        attribute=arguments.attribute,
        config=arguments.config,
        evaluation=Evaluation.NIX if getattr(arguments, "eval", False) else Evaluation.NONE,
    )


def display_paths(root: str) -> DisplayPaths:
    """Return how paths of the project at `root` are shown in the current directory."""
    return DisplayPaths(root, os.path.realpath(os.getcwd()))


def ambiguous_registry_note(registry: Registry, paths: DisplayPaths, screen: Screen) -> str:
    """Return the note on which of several candidates is the registry; empty if there is one."""
    parts = {path for path, _ in host_registries(registry.considered, registry.path)}
    # The file that `export json` is written to.
    parts.add(f"{registry.path.removesuffix('.nix')}.json")
    others = [
        escape_controls(paths.show(path)) for path in registry.considered if path not in parts
    ]
    if not others:
        return ""
    return (
        f"{screen.style('note', Colour.NOTE)}: the registry is "
        f"{escape_controls(paths.show(registry.path))}, "
        f"not {first_few(others, _MAX_CANDIDATES)} "
        "(`registry` in port-registry.toml names it)\n"
    )
