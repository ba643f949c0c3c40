"""One Nix file in, what it says of ports out."""

from port_registry.model.span import Source
from port_registry.sources.nix.module import Module


def read_module(source: Source) -> Module | None:
    """Return what the Nix file `source` says; None where it says nothing of ports, or is no
    Nix that can be parsed.
    """
    return None
