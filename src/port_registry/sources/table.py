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
from port_registry.sources.plugins import plugins
from port_registry.sources.process_compose import format as process_compose

_OWN: tuple[SourceFormat, ...] = (process_compose, nix_stacks, nix, compose, dotenv)


@cache
def formats() -> tuple[SourceFormat, ...]:
    """Return every format, the program's own first.

    Raises `PluginError` where one of a third party cannot be loaded.
    """
    return (*_OWN, *plugins())
