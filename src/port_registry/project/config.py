"""The configuration of a project."""

from port_registry.facts.ranges import Convention, default_convention
from port_registry.model import Name, NamedTuple, PortRange, Severity

EVERY_RULE = "all"
"""The word that selects every rule."""
DEFAULT_RULES = "default"
"""The word that selects the rules that are on by default."""


class Config(NamedTuple):
    """A project's configuration; the empty one is the default."""

    registry: str | None = None
    """The registry's path, relative to the root; None to search for it."""
    attribute: Name | None = None
    """The path of the entries in the registry's file; None to search for them."""
    select: tuple[str, ...] = (DEFAULT_RULES,)
    """The rules to use: names, `all`, `default`."""
    ignore: tuple[str, ...] = ()
    """The selected rules not to use."""
    exclude: tuple[str, ...] = ()
    """Patterns of paths to skip."""
    include: tuple[str, ...] = ()
    """Patterns of tests and documentation to read nevertheless."""
    baseline: str | None = None
    """The file of accepted findings, relative to the root."""
    severity: tuple[tuple[str, Severity], ...] = ()
    """Rules with the severity of their findings."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Patterns of paths and the rules that are off in them."""
    ranges: tuple[tuple[str, tuple[PortRange, ...]], ...] = ()
    """Categories and their ranges."""
    stacks: tuple[tuple[str, ...], ...] = ()
    """Lists of process-compose files that are loaded together, relative to the root."""
    compose_projects: tuple[tuple[str, ...], ...] = ()
    """Lists of Compose files that are loaded together, relative to the root."""


def convention_of(config: Config) -> Convention:
    """Return the default ranges of categories, replaced by those of the project."""
    return default_convention().with_ranges(dict(config.ranges))
