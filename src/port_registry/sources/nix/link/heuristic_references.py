"""Heuristic references: chains that look as if they lead to the registry.

A chain that cannot be followed, such as `lib.my.ports.redis`, is assumed to lead to the
registry when it has a step `ports`, or the name of the registry's file, and the next one is
an entry or a category there. Where several entries are reached by one prefix, other names
below it belong to the registry as well, whether they exist or not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from port_registry.facts.words import word_set
from port_registry.model import Name, NamedTuple, Registry
from port_registry.registry.attribute_names import range_stems
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.link.chain_resolver import CONFIGS

_PORTS = "ports"

_CATEGORIES = frozenset(("port", "ports"))
"""Categories whose name is as clear as the registry's."""

_MIN_EXISTING = 3
"""The number of existing names that prove a prefix."""

_EXISTING_PER_MISSING = 4
"""The number of existing names that are needed for each missing one."""

_OTHER_OPTIONS = word_set("nixos", "tops-with-ports")
"""Options of NixOS and home-manager that have `ports` of their own below them."""


class DeclaredNames:
    """The names that a registry declares."""

    def __init__(self, registry: Registry) -> None:
        self._ends: set[Name] = {entry.name for entry in registry.entries}
        ranges = (entry for entry in registry.entries if not entry.endpoint.ports.is_single())
        self._ranges = {entry.name for entry in ranges}
        self._ends.update(leaf.name for leaf in registry.invalid_leaves)
        self._ends.update(unknown.name for unknown in registry.unknown)
        self._above = {name[:size] for name in self._ends for size in range(len(name))}

    def has(self, name: module_facts.AttrPath) -> bool:
        """Return whether `name` is declared: an entry, a category, or a part of an entry.

        A computed step may be any attribute that exists.
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
    """A reference that may lead to the registry."""

    reference: module_facts.ChainReference
    prefix: module_facts.AttrPath
    """The last two steps before the name; candidates with the same prefix belong together."""
    name: module_facts.AttrPath


def find_candidate(
    reference: module_facts.ChainReference, stem: str, names: DeclaredNames
) -> Iterator[ReferenceCandidate]:
    """Yield `reference` as a candidate, if it may be one.

    `stem` is the name of the registry's file, `names` are the names that it declares.
    """
    if reference.chain.origin is module_facts.AliasOrigin.LOCAL or _is_of_other_option(
        reference.chain
    ):
        return
    steps = _all_steps(reference.chain)
    for index, step in enumerate(steps):
        if step in _CATEGORIES and names.has((step,)) and len(steps) > index + 1:
            yield candidate_named(reference, steps[index:])
            return
        if step in (_PORTS, stem):
            yield candidate_named(reference, steps[index + 1 :])
            return


def candidate_named(
    reference: module_facts.ChainReference, name: module_facts.AttrPath
) -> ReferenceCandidate:
    """Return `reference`, the last steps of which are `name`, as a candidate."""
    steps = _all_steps(reference.chain)
    before = steps[: len(steps) - len(name)]
    return ReferenceCandidate(reference, before[-2:], name)


def _all_steps(chain: module_facts.Chain) -> module_facts.AttrPath:
    """Return the steps of `chain`, including the name that it begins with, if it has one."""
    return (
        chain.path if chain.origin is module_facts.AliasOrigin.FILE else (chain.root, *chain.path)
    )


def _is_of_other_option(chain: module_facts.Chain) -> bool:
    """Return whether `chain` leads into an option that is not the project's own."""
    path: Sequence[module_facts.Step] = chain.path
    if chain.origin is not module_facts.AliasOrigin.ARGUMENT:
        return False
    if chain.root not in CONFIGS:
        if "config" not in path:
            return False
        path = path[path.index("config") + 1 :]
    return bool(path) and path[0] in _OTHER_OPTIONS


def proven_candidates(
    candidates: Iterable[ReferenceCandidate], names: DeclaredNames
) -> Iterator[ReferenceCandidate]:
    """Yield those of `candidates` that lead to the registry of `names`."""
    by_prefix: dict[module_facts.AttrPath, list[ReferenceCandidate]] = defaultdict(list)
    for candidate in candidates:
        by_prefix[candidate.prefix].append(candidate)
    for group in by_prefix.values():
        all_names = {candidate.name for candidate in group if candidate.name}
        existing = {name for name in all_names if names.has(name)}
        count = len([name for name in existing if name[0] is not None])
        missing_count = len(all_names - existing)
        is_proven = count >= _MIN_EXISTING and count >= _EXISTING_PER_MISSING * missing_count
        for candidate in group:
            if candidate.name not in existing:
                is_accepted = is_proven and candidate.reference.sure
            else:
                is_accepted = is_proven or candidate.name[0] is not None
            if is_accepted:
                yield candidate
