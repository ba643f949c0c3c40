"""Every source format: those that the program brings, and those of third parties.

The order is that in which their files are read: what an earlier format has said of a number
a later one does not say again.
"""

from functools import cache

from port_registry.sources.compose import format as compose
from port_registry.sources.dotenv import format as dotenv
from port_registry.sources.interface import SourceFormat
from port_registry.sources.nix import format as nix
from port_registry.sources.nix_stacks import format as nix_stacks
from port_registry.sources.process_compose import format as process_compose

ENTRY_POINTS = "port_registry.sources"
"""The group of entry points by which other packages add a format."""

_OWN: tuple[SourceFormat, ...] = (process_compose, nix_stacks, nix, compose, dotenv)


@cache
def formats() -> tuple[SourceFormat, ...]:
    """Return every format, the program's own first; raises what a plugin's import raises."""
    return (*_OWN, *_plugins())


def _plugins() -> tuple[SourceFormat, ...]:
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name)
    return tuple(point.load() for point in found)
