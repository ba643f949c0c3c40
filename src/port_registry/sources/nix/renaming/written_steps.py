"""Steps of a reference that are the registry's own attributes."""

from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.module_facts import AliasOrigin, Chain

_PROBE = "\0"
"""An attribute that no file has."""


class WrittenSteps:
    """Counts the steps of references that are the registry's own attributes.

    In `config.my.db.redis`, where a module sets `my.db = ports.databases;`, it is the last
    one; the others are names that the project gave.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._ways = fleet.chain_resolver

    def count(self, reached: ResolvedReference) -> int:
        """Return the number of the last steps of the name that are in a reference's text."""
        reference = reached.reference
        chain = reference.chain
        whole = chain.path if chain.origin is AliasOrigin.FILE else (chain.root, *chain.path)
        size = 0
        for step, own in zip(reversed(whole), reversed(reached.name), strict=False):
            if step != own:
                break
            size += 1
        size = min(size, reference.written_steps)
        if self._ways.follow(reference.span.path, chain).registry_paths:
            while size and not self._is_registry_step(reference.span.path, chain, size):
                size -= 1
        return size

    def _is_registry_step(self, file: str, chain: Chain, back: int) -> bool:
        """Return whether the step `back` steps before the end is an attribute of a registry."""
        if back > len(chain.path):
            return False
        at = len(chain.path) - back
        path = (*chain.path[:at], _PROBE, *chain.path[at + 1 :])
        spots = self._ways.follow(file, chain._replace(path=path)).registry_paths
        return any(len(context.name) >= back and context.name[-back] == _PROBE for context in spots)
