"""What a project's Nix files say together: hosts, their listeners, and ways to entries.

A *host* is one machine, made of the modules that its configuration imports. That of a lone
`configuration.nix` has no name. A project in which no host can be found has one without a
name too, made of all its modules, of which nothing is certain. What runs in a home-manager
configuration counts for the host that imports it.
"""

from typing import NamedTuple

from port_registry.model import (
    Certainty,
    Endpoint,
    HostRegistry,
    Name,
    PortOrigin,
    PortRange,
    Protocol,
    Span,
    Unknown,
)
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.module_facts import AttrPath, Literal, Module, Reference


class ResolvedReference(NamedTuple):
    """A reference that leads to a registry."""

    reference: Reference
    registry: str
    """The path of the registry's file."""
    name: AttrPath
    """What it names there, below the prefix: an entry, a category, or less than exists. A
    None stands for what is computed."""
    certainty: Certainty
    """LIKELY where the way was completed by its look (`lib.my.ports.x`)."""


class HostListener(NamedTuple):
    """One service of one host on one port."""

    host: str
    service: str
    """As its option calls it: `open-webui`; for a container its name."""
    endpoint: Endpoint
    """Its `host` is always None."""
    origin: PortOrigin
    entry: Name | None
    """Where it is REFERENCED and the entry is known."""
    option: AttrPath
    """The option that sets the port, or would: `services.open-webui.port`; empty where
    there is none."""
    span: Span
    """The number or reference; where it is IMPLIED, the setting that enables the service."""
    certainty: Certainty


class FirewallOpening(NamedTuple):
    """A port that a host's firewall lets in."""

    host: str
    ports: PortRange
    protocol: Protocol
    interface: str
    """Empty for all."""
    entry: Name | None
    """Where it is written as a reference to a known entry."""
    span: Span
    certainty: Certainty


class Host(NamedTuple):
    """One machine."""

    name: str
    """Empty for the one without a name."""
    files: frozenset[str]
    """The modules it is made of."""
    listeners: tuple[HostListener, ...]
    openings: tuple[FirewallOpening, ...]
    complete: bool
    """Whether every module that it imports was found and read."""
    referenced: frozenset[Name] = frozenset()
    """The entries that its modules refer to, where no condition rules it out; openings of
    the firewall do not count."""
    inactive: frozenset[Span] = frozenset()
    """The places of literals in its modules (their digits, where they have some) that a
    condition rules out."""


class Fleet(NamedTuple):
    """All Nix files of a project, linked."""

    modules: tuple[Module, ...]
    """Sorted by path; only those that say something."""
    registries: tuple[HostRegistry, ...]
    """The registry first, then those of hosts."""
    hosts: tuple[Host, ...]
    references: tuple[ResolvedReference, ...]
    """In order of path and place."""
    unimported: tuple[str, ...]
    """Modules that no host imports, where hosts are known."""
    unknown: tuple[Unknown, ...]
    chain_resolver: ChainResolver
    """What follows names from file to file."""

    def literals(self) -> tuple[Literal, ...]:
        """Return every literal, in order of path and place."""
        return tuple(literal for module in self.modules for literal in module.literals)
