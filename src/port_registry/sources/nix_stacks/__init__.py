"""Stacks of process-compose that are written in Nix.

process-compose-flake, services-flake and devenv make process-compose's configuration from
Nix. What they would make is put together here, as the tree that the same configuration has
in YAML, and read on from there by what reads YAML.
"""

import posixpath

_ALWAYS = b"process-compose"
_DEVENV = b"devenv"
_PROCESSES = b"processes"


def names_stacks(path: str, data: bytes) -> bool:
    """Return whether the Nix file at `path` may define stacks, by words in its bytes alone."""
    if _ALWAYS in data:
        return True
    named = posixpath.basename(path) == "devenv.nix" or _DEVENV in data
    return named and _PROCESSES in data
