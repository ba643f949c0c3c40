"""Project of a command: the request to open it, and how its paths are shown."""

import os
from argparse import Namespace

from port_registry.output.locations import DisplayPaths
from port_registry.project.workspace import Evaluation, Request, current_directory


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
