"""What an entry is called, before and after, and which part of a reference says so."""

from typing import NamedTuple

from port_registry.model import Name
from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.link.chain_resolver import Ways
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, Chain

_PROBE = "\0"
"""An attribute that no file has."""


class Renaming(NamedTuple):
    """One entry, and its other name."""

    old: Name
    new: Name
    vanishing: int = 0
    """How many of the first steps of the old name make a category that is gone with the entry,
    at the least; 0 where none is. What leads there has to lead to where the entry is."""

    def above(self, size: int) -> int | None:
        """Return for how many steps of the new name a name stands afterwards.

        It stands for the first `size` steps of the old one now. None where it does not lead
        to the entry any more.
        """
        if self.old[:size] == self.new[:size] and len(self.new) > size:
            return size
        moved = size + len(self.new) - len(self.old)
        return moved if self.vanishing and size >= self.vanishing and moved > 0 else None

    def of(self, name: AttrPath) -> AttrPath:
        """Return what `name` is afterwards: another one for the entry and what is below it."""
        size = len(self.old)
        if name[:size] == self.old:
            return (*self.new, *name[size:])
        return self.new[: self.above(len(name))] if self.vanishes(name) else name

    def vanishes(self, name: AttrPath) -> bool:
        """Return whether `name` is that of a category that is gone with the entry."""
        size = len(name)
        is_gone = self.vanishing and self.vanishing <= size < len(self.old)
        return bool(is_gone) and name == self.old[:size] and self.above(size) is not None

    def names(self, name: AttrPath) -> bool:
        """Return whether `name` is that of the entry, or of something in it."""
        return name[: len(self.old)] == self.old

    def may_be(self, name: AttrPath) -> bool:
        """Return whether `name`, parts of which are computed, may be the entry or be below it."""
        return len(name) >= len(self.old) and all(
            step is None or step == own for step, own in zip(name, self.old, strict=False)
        )


class Steps:
    """Tells which steps of a reference are the registry's own attributes.

    In `config.my.db.redis`, where a module sets `my.db = ports.databases;`, it is the last
    one; the others are names that the project gave.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._ways = Ways(fleet.modules, fleet.registries)

    def written(self, reached: ResolvedReference) -> int:
        """Return how many of the last steps of its name a reference itself writes."""
        reference = reached.reference
        chain = reference.chain
        whole = chain.path if chain.origin is AliasOrigin.FILE else (chain.root, *chain.path)
        size = 0
        for step, own in zip(reversed(whole), reversed(reached.name), strict=False):
            if step != own:
                break
            size += 1
        size = min(size, reference.written)
        if self._ways.follow(reference.span.path, chain).spots:
            while size and not self._passes(reference.span.path, chain, size):
                size -= 1
        return size

    def _passes(self, file: str, chain: Chain, back: int) -> bool:
        """Return whether the step `back` steps before the end is looked up in a registry."""
        if back > len(chain.path):
            return False
        at = len(chain.path) - back
        path = (*chain.path[:at], _PROBE, *chain.path[at + 1 :])
        spots = self._ways.follow(file, chain._replace(path=path)).spots
        return any(len(spot.name) >= back and spot.name[-back] == _PROBE for spot in spots)
