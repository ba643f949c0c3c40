"""Everything that rules judge."""

from typing import NamedTuple

from port_registry.facts.ranges import Convention
from port_registry.model import Reader, Registry
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.process_compose.stack_model import Stack


class Project(NamedTuple):
    """Everything that rules judge."""

    registry: Registry
    stacks: tuple[Stack, ...]
    fleet: Fleet
    """The project's Nix files; its first part is `registry`."""
    convention: Convention
    """The ranges by category, as configured."""
    reader: Reader
    """For the text around a place, which a fix may need."""
