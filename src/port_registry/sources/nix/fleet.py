"""A project's Nix files, linked: hosts, their listeners, and references to entries.

A *host* is one machine, made of the modules that its configuration imports. The host of a
single `configuration.nix` has no name. A project in which no host can be found has one
without a name too, made of all its modules, of which nothing is certain. The services of a
home-manager configuration belong to the host that imports it.
"""

from port_registry import model
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.module_facts import AttrPath, ChainReference, Literal, Module


class ResolvedReference(model.NamedTuple):
    """A reference that leads to a registry."""

    reference: ChainReference
    registry: str
    """The path of the registry's file."""
    name: AttrPath
    """The path that it names there, below the prefix: an entry, a category, or nothing that
    exists. A step is None where it is computed."""
    certainty: model.Certainty
    """LIKELY where the registry was guessed from the name (`lib.my.ports.x`)."""


class HostListener(model.NamedTuple):
    """One service of a host on one port."""

    service: str
    """Its name in the options: `open-webui`; for a container, the container's name."""
    endpoint: model.Endpoint
    """Its `host` is always None."""
    origin: model.PortOrigin
    entry: model.Name | None
    """If it is REFERENCED and the entry is known."""
    option: AttrPath
    """The option that sets the port, or would: `services.open-webui.port`; empty if there is
    none."""
    span: model.Span
    """The number or reference; if it is IMPLIED, the setting that enables the service."""
    certainty: model.Certainty


class FirewallOpening(model.NamedTuple):
    """A port that a host's firewall opens."""

    ports: model.PortRange
    protocol: model.Protocol
    interface: str
    """Empty for all."""
    entry: model.Name | None
    """If it is written as a reference to a known entry."""
    span: model.Span
    certainty: model.Certainty


class Host(model.NamedTuple):
    """One machine."""

    name: str
    """Empty for the host without a name."""
    files: frozenset[str]
    """The modules it is made of."""
    listeners: tuple[HostListener, ...]
    openings: tuple[FirewallOpening, ...]
    complete: bool
    """Whether every module that it imports was found and read."""
    referenced: frozenset[model.Name] = frozenset()
    """The entries that its modules refer to, where no condition rules it out; references
    that open a port in the firewall do not count."""
    inactive: frozenset[model.Span] = frozenset()
    """The spans of literals in its modules (of their digits, where they have some) that a
    condition rules out."""


class Fleet(model.NamedTuple):
    """All Nix files of a project, linked."""

    modules: tuple[Module, ...]
    """Sorted by path; without those that have no facts."""
    registries: tuple[model.HostRegistry, ...]
    """The registry first, then those of hosts."""
    hosts: tuple[Host, ...]
    references: tuple[ResolvedReference, ...]
    """In order of path and position."""
    unimported: tuple[str, ...]
    """Modules that no host imports, where hosts are known."""
    unknown: tuple[model.Unknown, ...]
    chain_resolver: ChainResolver
    """Follows names from file to file."""

    def literals(self) -> tuple[Literal, ...]:
        """Return every literal, in order of path and position."""
        return tuple(literal for module in self.modules for literal in module.literals)
