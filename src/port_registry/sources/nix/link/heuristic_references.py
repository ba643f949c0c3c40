"""References that lead to the registry by the look of their way: `lib.my.ports.redis`.

A way that cannot be followed is taken for one to the project's only registry when it names
`ports`, or the registry's file, and what comes next is an entry or a category there. Where
several entries are reached by one way, what it names beside them belongs to the registry
too, whether it exists or not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.model import Name, Registry
from port_registry.registry.attribute_names import range_stems
from port_registry.sources.nix.link.chain_resolver import CONFIGS
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, Chain, Reference, Step

_PORTS = "ports"

_CATEGORIES = frozenset(("port", "ports"))
"""Categories whose name says as much as the registry's."""

_MIN_EXISTING = 3
"""How many names that exist prove a way."""

_EXISTING_PER_MISSING = 4
"""Of that many names that exist one may be missing."""

_OTHER_OPTIONS = word_set("nixos", "tops-with-ports")
"""Options of NixOS and home-manager that have `ports` of their own below them."""


class DeclaredNames:
    """What a registry declares."""

    def __init__(self, registry: Registry) -> None:
        self._ends: set[Name] = {entry.name for entry in registry.entries}
        ranges = (entry for entry in registry.entries if not entry.endpoint.ports.is_single())
        self._ranges = {entry.name for entry in ranges}
        self._ends.update(flawed.name for flawed in registry.invalid_leaves)
        self._ends.update(unknown.name for unknown in registry.unknown)
        self._above = {name[:size] for name in self._ends for size in range(len(name))}

    def has(self, name: AttrPath) -> bool:
        """Return whether `name` is declared: an entry, a category, or a part of an entry.

        What is computed may be anything that is there.
        """
        known: Name = ()
        for step in name:
            if known in self._ends or step is None:
                return True
            known = (*known, step)
        if known in self._ends or known in self._above:
            return True
        stems = range_stems(known[-1]) if known else ()
        return any((*known[:-1], stem) in self._ranges for stem in stems)


class ReferenceCandidate(NamedTuple):
    """A reference whose way looks like one to the registry."""

    reference: Reference
    prefix: AttrPath
    """Its last two steps; ways that are told apart by less are the same one."""
    name: AttrPath


def find_candidate(
    reference: Reference, stem: str, names: DeclaredNames
) -> Iterator[ReferenceCandidate]:
    """Yield what `reference` looks like, if anything.

    `stem` is what the registry's file is called, `names` what it declares.
    """
    if reference.chain.origin is AliasOrigin.LOCAL or _is_of_other_option(reference.chain):
        return
    whole = _all_steps(reference.chain)
    for at, step in enumerate(whole):
        if step in _CATEGORIES and names.has((step,)) and len(whole) > at + 1:
            yield candidate_named(reference, whole[at:])
            return
        if step in (_PORTS, stem):
            yield candidate_named(reference, whole[at + 1 :])
            return


def candidate_named(reference: Reference, name: AttrPath) -> ReferenceCandidate:
    """Return the look of `reference`, the last steps of which are `name`."""
    whole = _all_steps(reference.chain)
    way = whole[: len(whole) - len(name)]
    return ReferenceCandidate(reference, way[-2:], name)


def _all_steps(chain: Chain) -> AttrPath:
    """Return the steps of `chain`, with the name that it begins with, if it has one."""
    return chain.path if chain.origin is AliasOrigin.FILE else (chain.root, *chain.path)


def _is_of_other_option(chain: Chain) -> bool:
    """Return whether `chain` leads into an option that is not the project's own."""
    path: Sequence[Step] = chain.path
    if chain.origin is not AliasOrigin.ARGUMENT:
        return False
    if chain.root not in CONFIGS:
        if "config" not in path:
            return False
        path = path[path.index("config") + 1 :]
    return bool(path) and path[0] in _OTHER_OPTIONS


def proven_candidates(
    looks: Iterable[ReferenceCandidate], names: DeclaredNames
) -> Iterator[ReferenceCandidate]:
    """Yield those of `looks` that lead to the registry of `names`."""
    ways: dict[AttrPath, list[ReferenceCandidate]] = defaultdict(list)
    for one in looks:
        ways[one.prefix].append(one)
    for found in ways.values():
        there = {one.name for one in found if one.name and names.has(one.name)}
        missing = {one.name for one in found if one.name} - there
        sure = len([name for name in there if name[0] is not None])
        is_proven = sure >= _MIN_EXISTING and sure >= _EXISTING_PER_MISSING * len(missing)
        for one in found:
            if one.name not in there:
                counts = is_proven and one.reference.sure
            else:
                counts = is_proven or one.name[0] is not None
            if counts:
                yield one
