"""Following chains to the registry."""

from collections.abc import Sequence

from port_registry.sources.nix.fleet import Part, Reached
from port_registry.sources.nix.module import Module


def reach(modules: Sequence[Module], parts: Sequence[Part]) -> tuple[Reached, ...]:
    """Return the references of `modules` that lead to a registry."""
    return ()
