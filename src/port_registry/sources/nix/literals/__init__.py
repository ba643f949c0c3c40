"""Numbers in Nix that are ports, by the context that says so.

A number alone is never a port: an attribute named for ports, an option known to be one, or
the shape of a string (`host:N`, a URL, `--port N`) has to say it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.sources.nix.module import Guard, Literal, Setting
from port_registry.syntax.nix import tree


class Leaf(NamedTuple):
    """An integer or a string, and what stands around it."""

    node: tree.Int | tree.Str
    setting: Setting
    """An item of a list has the setting of the list."""
    owner: tree.Set | None
    """The set that holds the attribute, for its siblings (`address`, `from` and `to`)."""
    declared: bool
    """Whether it is (in) the `default` of a declared option."""
    guards: tuple[Guard, ...]


def literals_in(leaf: Leaf) -> Iterator[Literal]:
    """Yield the ports that `leaf` names by number."""
    yield from ()
