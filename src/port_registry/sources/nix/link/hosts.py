"""Which modules make which host, and what it listens on."""

from collections.abc import Sequence

from port_registry.sources.nix.fleet import Host, Part, Reached
from port_registry.sources.nix.module import Module


def hosts_of(
    modules: Sequence[Module], parts: Sequence[Part], reached: Sequence[Reached]
) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """Return the hosts of a project, and the modules that none of them imports."""
    return (), ()
