"""The configuration of a project."""

from typing import NamedTuple

from port_registry.facts.ranges import Convention, default_convention
from port_registry.model import Name, PortRange, Severity

EVERY_RULE = "all"
"""The word that selects every rule."""
DEFAULT_RULES = "default"
"""The word that selects the rules that are on by default."""


class Config(NamedTuple):
    """A project's configuration; the empty one is the default."""

    registry: str | None = None
    """The registry's path, relative to the root; None to look for it."""
    attribute: Name | None = None
    """Where in the registry's file the entries are; None to look for them."""
    select: tuple[str, ...] = (DEFAULT_RULES,)
    """The rules that are on: names, `all`, `default`."""
    ignore: tuple[str, ...] = ()
    """The rules that are off even so."""
    exclude: tuple[str, ...] = ()
    """Patterns of paths that are not looked at."""
    include: tuple[str, ...] = ()
    """Patterns of the Nix files that are read though they are tests or documentation."""
    baseline: str | None = None
    """The file of the findings that are accepted, relative to the root."""
    severity: tuple[tuple[str, Severity], ...] = ()
    """Rules and the severity that their findings get."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of paths and the rules that are off in them."""
    ranges: tuple[tuple[str, tuple[PortRange, ...]], ...] = ()
    """Categories and their ranges."""
    stacks: tuple[tuple[str, ...], ...] = ()
    """Lists of process-compose files that are loaded together, relative to the root."""


def convention_of(config: Config) -> Convention:
    """Return the ranges of categories in a project: the usual ones, and its own in their place."""
    return default_convention().with_ranges(dict(config.ranges))
