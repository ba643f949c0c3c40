"""Modules in, a fleet out: ways followed from file to file, hosts and what they listen on."""

from collections.abc import Sequence

from port_registry.model import HostRegistry
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.link.hosts import hosts_of
from port_registry.sources.nix.link.reference_resolution import resolve_references
from port_registry.sources.nix.module_facts import Module


def link(modules: Sequence[Module], parts: Sequence[HostRegistry]) -> Fleet:
    """Link `modules`, sorted by path, to the registries `parts`, the fleet's own first."""
    chains = ChainResolver(modules, parts)
    reached = resolve_references(modules, parts, chains)
    hosts, orphans = hosts_of(modules, parts, reached)
    return Fleet(tuple(modules), tuple(parts), hosts, reached, orphans, (), chains)
