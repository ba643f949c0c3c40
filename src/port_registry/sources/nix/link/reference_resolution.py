"""Resolution of references: the registry that each leads to, and the name there.

The name need not exist: a reference that surely leads to a registry is returned with the
name as written, for a rule to judge.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence

from port_registry.model import Certainty, HostRegistry
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link import heuristic_references
from port_registry.sources.nix.link.chain_resolver import ChainResolver, RegistryPath
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, ChainReference, Module


def resolve_references(
    modules: Sequence[Module], registries: Sequence[HostRegistry], chain_resolver: ChainResolver
) -> tuple[ResolvedReference, ...]:
    """Return the references of `modules` that lead to a registry, by path and place."""
    references = _Resolver(modules, registries, chain_resolver).resolve() if registries else ()
    return tuple(
        sorted(references, key=lambda resolved: (resolved.reference.span, resolved.reference.last))
    )


class _Resolver:
    """Resolves the references of all modules."""

    def __init__(
        self,
        modules: Sequence[Module],
        registries: Sequence[HostRegistry],
        chain_resolver: ChainResolver,
    ) -> None:
        self._modules = modules
        self._registries = registries
        self._names = [heuristic_references.DeclaredNames(part.registry) for part in registries]
        shared = registries[0].registry.entries
        self._nearby_names = [
            heuristic_references.DeclaredNames(
                part.registry.replace(entries=(*part.registry.entries, *shared))
            )
            for part in registries
        ]
        """The names for files next to each registry: the host's and the shared ones."""
        self._chain_resolver = chain_resolver
        self._stem = posixpath.basename(registries[0].registry.path).rpartition(".")[0]
        self._of_hosts = [index for index, part in enumerate(registries) if part.host]
        self._folders = {
            posixpath.dirname(registries[index].registry.path): index for index in self._of_hosts
        }

    def resolve(self) -> Iterator[ResolvedReference]:
        """Yield the references that lead to a registry."""
        candidates: dict[int, list[heuristic_references.ReferenceCandidate]] = defaultdict(list)
        for module in self._modules:
            nearest = self._nearest_registry(module.path)
            for reference in module.references:
                target = self._chain_resolver.follow(module.path, reference.chain)
                path = self._meant_path(nearest, reference, target.registry_paths)
                if path is not None and reference.sure and not target.incomplete:
                    yield from self._certain_reference(reference, path)
                elif path is not None:
                    candidate = heuristic_references.candidate_named(reference, path.name)
                    candidates[path.registry_index].append(candidate)
                elif not target.registry_paths and not target.reaches_rejected:
                    names = self._nearby_names[nearest]
                    candidates[nearest].extend(
                        heuristic_references.find_candidate(reference, self._stem, names)
                    )
        for index, of_registry in candidates.items():
            for candidate in heuristic_references.proven_candidates(
                of_registry, self._nearby_names[index]
            ):
                path = self._own_path(index, RegistryPath(index, candidate.name))
                yield self._resolved(candidate.reference, path, Certainty.LIKELY)

    def _nearest_registry(self, path: str) -> int:
        """Return the registry of the host in whose folder `path` is; else the shared one."""
        folder = posixpath.dirname(path)
        while folder and self._folders:
            if folder in self._folders:
                return self._folders[folder]
            folder = posixpath.dirname(folder)
        return 0

    def _resolved(
        self, reference: ChainReference, path: RegistryPath, certainty: Certainty
    ) -> ResolvedReference:
        return ResolvedReference(
            reference=reference,
            registry=self._registries[path.registry_index].registry.path,
            name=path.name,
            certainty=certainty,
        )

    def _certain_reference(
        self, reference: ChainReference, path: RegistryPath
    ) -> Iterator[ResolvedReference]:
        """Yield the reference, unless its name is added to the registry elsewhere."""
        is_declared = self._names[path.registry_index].has(path.name)
        if is_declared or not self._chain_resolver.is_added_elsewhere(path):
            yield self._resolved(reference, path, Certainty.CERTAIN)

    def _meant_path(
        self, nearest: int, reference: ChainReference, paths: Sequence[RegistryPath]
    ) -> RegistryPath | None:
        """Return the one of `paths` that is meant; None where it is not clear.

        `nearest` is the registry that is nearest to the file.
        """
        if len(paths) == 1:
            is_of_file = reference.chain.origin is AliasOrigin.FILE
            return paths[0] if is_of_file else self._own_path(nearest, paths[0])
        nearby = [path for path in paths if path.registry_index == nearest]
        if len(nearby) == 1 and nearest:
            return self._own_path(nearest, nearby[0])
        shared = [path for path in paths if not self._registries[path.registry_index].host]
        if len({path.name for path in paths}) == 1 and len(shared) == 1:
            return self._own_path(nearest, shared[0])
        return None

    def _own_path(self, nearest: int, path: RegistryPath) -> RegistryPath:
        """Return the path in a host's own registry of the entry at `path`, if it has it.

        `nearest` is the registry that is nearest to the file. An entry that the shared
        registry does not have may be in any host's.
        """
        if self._registries[path.registry_index].host:
            # It overrides the shared one, and has only the entries that differ.
            is_shared = not self._has(path.registry_index, path.name) and self._has(0, path.name)
            return RegistryPath(0, path.name) if is_shared else path
        if self._has(nearest, path.name):
            return RegistryPath(nearest, path.name)
        if not self._names[path.registry_index].has(path.name):
            for index in self._of_hosts:
                if self._has(index, path.name):
                    return RegistryPath(index, path.name)
        return path

    def _has(self, index: int, name: AttrPath) -> bool:
        return bool(name) and name[0] is not None and self._names[index].has(name)
