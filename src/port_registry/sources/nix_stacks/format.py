"""Source format of stacks in Nix: process-compose-flake, services-flake and devenv."""

import posixpath

from port_registry.model import SourceError
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.nix_stacks import names_stacks
from port_registry.sources.shared.comment_ties import YamlCommentTies

NAME: str = "nix-stacks"

_ROOTS = ("flake.nix", "devenv.nix")
"""The main files of a project: where it has one, stacks have to be mentioned there."""


def read(files: ProjectFiles) -> SourceReading | None:
    """Return the stacks that the project's Nix files define."""
    paths = [path for path in files.paths if path.endswith(".nix") and files.is_deployed(path)]
    roots = [path for path in paths if posixpath.basename(path) in _ROOTS]
    if roots and not any(_names_stacks(files, path) for path in roots):
        return None
    candidates = [path for path in paths if _names_stacks(files, path)]
    if not candidates:
        return None
    from port_registry.sources.nix_stacks.stacks import stacks_in_nix

    stacks = tuple(stacks_in_nix(files.reader, candidates, files.registry))
    return SourceReading(
        paths=frozenset(path for stack in stacks for path in stack.files),
        ties=YamlCommentTies(files.reader),
        machines=stacks,
        counts=(Count("stacks", len(stacks), "stack", "stacks"),),
    )


def _names_stacks(files: ProjectFiles, path: str) -> bool:
    try:
        return names_stacks(path, files.read_bytes(path))
    except SourceError:
        return False
