"""Link the modules of a project: resolve references, and find hosts with their listeners."""

from collections.abc import Sequence

from port_registry.model import HostRegistry
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.link.hosts import hosts_of
from port_registry.sources.nix.link.reference_resolution import resolve_references
from port_registry.sources.nix.module_facts import Module


def link(modules: Sequence[Module], registries: Sequence[HostRegistry]) -> Fleet:
    """Return the fleet of `modules`, sorted by path, and `registries`, the shared one first."""
    chain_resolver = ChainResolver(modules, registries)
    references = resolve_references(modules, registries, chain_resolver)
    hosts, unimported = hosts_of(modules, registries, references)
    return Fleet(
        modules=tuple(modules),
        registries=tuple(registries),
        hosts=hosts,
        references=references,
        unimported=unimported,
        unknown=(),
        chain_resolver=chain_resolver,
    )
