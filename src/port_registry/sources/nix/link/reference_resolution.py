"""Following chains to the registry.

What a reference names need not exist: a reference that surely leads to a registry is
returned with the name as written, for a rule to judge.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence

from port_registry.model import Certainty, HostRegistry
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link.chain_resolver import ChainResolver, RegistryPath
from port_registry.sources.nix.link.heuristic_references import (
    DeclaredNames,
    ReferenceCandidate,
    candidate_named,
    find_candidate,
    proven_candidates,
)
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, Module, Reference


def resolve_references(
    modules: Sequence[Module], parts: Sequence[HostRegistry], chains: ChainResolver
) -> tuple[ResolvedReference, ...]:
    """Return the references of `modules` that lead to a registry, by path and place."""
    found = _Resolver(modules, parts, chains).resolve() if parts else ()
    return tuple(sorted(found, key=lambda one: (one.reference.span, one.reference.last)))


class _Resolver:
    """Decides what each reference means."""

    def __init__(
        self, modules: Sequence[Module], parts: Sequence[HostRegistry], chains: ChainResolver
    ) -> None:
        self._modules = modules
        self._registries = parts
        self._names = [DeclaredNames(part.registry) for part in parts]
        fleet = parts[0].registry.entries
        self._nearby_names = [
            DeclaredNames(part.registry.replace(entries=(*part.registry.entries, *fleet)))
            for part in parts
        ]
        """What a file beside each registry can name: a host's, and the fleet's under it."""
        self._chain_resolver = chains
        self._stem = posixpath.basename(parts[0].registry.path).rpartition(".")[0]
        self._hosts = [at for at, part in enumerate(parts) if part.host]
        self._folders = {posixpath.dirname(parts[at].registry.path): at for at in self._hosts}

    def resolve(self) -> Iterator[ResolvedReference]:
        """Yield what leads to a registry."""
        looks: dict[int, list[ReferenceCandidate]] = defaultdict(list)
        for module in self._modules:
            own = self._nearest_registry(module.path)
            for reference in module.references:
                spots, stray, foreign = self._chain_resolver.follow(module.path, reference.chain)
                spot = self._meant_path(own, reference, spots)
                if spot is not None and reference.sure and not stray:
                    yield from self._certain_reference(reference, spot)
                elif spot is not None:
                    looks[spot.registry_index].append(candidate_named(reference, spot.name))
                elif not spots and not foreign:
                    looks[own].extend(
                        find_candidate(reference, self._stem, self._nearby_names[own])
                    )
        for part, found in looks.items():
            for look in proven_candidates(found, self._nearby_names[part]):
                spot = self._own_path(part, RegistryPath(part, look.name))
                yield self._resolved(look.reference, spot, Certainty.LIKELY)

    def _nearest_registry(self, path: str) -> int:
        """Return the registry of the host in whose folder `path` is; else the fleet's."""
        folder = posixpath.dirname(path)
        while folder and self._folders:
            if folder in self._folders:
                return self._folders[folder]
            folder = posixpath.dirname(folder)
        return 0

    def _resolved(
        self, reference: Reference, spot: RegistryPath, sureness: Certainty
    ) -> ResolvedReference:
        return ResolvedReference(
            reference, self._registries[spot.registry_index].registry.path, spot.name, sureness
        )

    def _certain_reference(
        self, reference: Reference, spot: RegistryPath
    ) -> Iterator[ResolvedReference]:
        """Yield the reference, unless what it names is added to the registry elsewhere."""
        if self._names[spot.registry_index].has(
            spot.name
        ) or not self._chain_resolver.is_added_elsewhere(spot):
            yield self._resolved(reference, spot, Certainty.CERTAIN)

    def _meant_path(
        self, own: int, reference: Reference, spots: Sequence[RegistryPath]
    ) -> RegistryPath | None:
        """Return the one spot that is meant, or None where it cannot be told.

        `own` is the registry that is nearest to the file.
        """
        if len(spots) == 1:
            spot = spots[0]
            return spot if reference.chain.origin is AliasOrigin.FILE else self._own_path(own, spot)
        beside = [spot for spot in spots if spot.registry_index == own]
        if len(beside) == 1 and own:
            return self._own_path(own, beside[0]) if len(spots) > 1 else beside[0]
        fleet = [spot for spot in spots if not self._registries[spot.registry_index].host]
        same = {spot.name for spot in spots}
        return self._own_path(own, fleet[0]) if len(same) == 1 and len(fleet) == 1 else None

    def _own_path(self, own: int, spot: RegistryPath) -> RegistryPath:
        """Return where a host's own registry has what a file takes at `spot`.

        `own` is the registry that is nearest to the file. What the fleet's registry does
        not have may be in any host's.
        """
        if self._registries[spot.registry_index].host:
            # It is put over the fleet's, and has but what differs.
            is_below = not self._has(spot.registry_index, spot.name) and self._has(0, spot.name)
            return RegistryPath(0, spot.name) if is_below else spot
        if self._has(own, spot.name):
            return RegistryPath(own, spot.name)
        if not self._names[spot.registry_index].has(spot.name):
            for at in self._hosts:
                if self._has(at, spot.name):
                    return RegistryPath(at, spot.name)
        return spot

    def _has(self, part: int, name: AttrPath) -> bool:
        return bool(name) and name[0] is not None and self._names[part].has(name)
