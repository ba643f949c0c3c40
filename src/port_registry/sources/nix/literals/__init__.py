"""Literals: numbers in Nix that are ports, as their context says.

A number alone is never a port: an attribute named for ports, an option known to be one, or
the form of a string (`host:N`, a URL, `--port N`) has to say so.
"""

from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.sources.nix.literals.integers import read_integer
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.strings import read_string
from port_registry.sources.nix.module_facts import Literal

__all__ = ["LiteralSite", "literals_in"]


def literals_in(site: LiteralSite) -> Iterator[Literal]:
    """Return the ports that `site` contains as numbers."""
    if isinstance(site.node, tree.IntLiteral):
        return read_integer(site, site.node)
    return read_string(site, site.node)
