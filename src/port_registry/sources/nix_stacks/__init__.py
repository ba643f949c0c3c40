"""Stacks of process-compose that are written in Nix.

process-compose-flake, services-flake and devenv generate process-compose's configuration
from Nix. The same configuration is built here as a YAML tree, and read by the reader of YAML.
"""

import posixpath

_PROCESS_COMPOSE = b"process-compose"
_DEVENV = b"devenv"
_PROCESSES = b"processes"


def names_stacks(path: str, data: bytes) -> bool:
    """Return whether the Nix file at `path` may define stacks, by the words in its bytes."""
    if _PROCESS_COMPOSE in data:
        return True
    is_devenv = posixpath.basename(path) == "devenv.nix" or _DEVENV in data
    return is_devenv and _PROCESSES in data
