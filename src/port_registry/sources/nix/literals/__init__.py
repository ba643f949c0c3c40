"""Numbers in Nix that are ports, by the context that says so.

A number alone is never a port: an attribute named for ports, an option known to be one, or
the shape of a string (`host:N`, a URL, `--port N`) has to say it.
"""

from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.sources.nix.literals.integers import read_integer
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.strings import read_string
from port_registry.sources.nix.module_facts import Literal

__all__ = ["LiteralSite", "literals_in"]


def literals_in(leaf: LiteralSite) -> Iterator[Literal]:
    """Return the ports that `leaf` names by number."""
    if isinstance(leaf.node, tree.IntLiteral):
        return read_integer(leaf, leaf.node)
    return read_string(leaf, leaf.node)
