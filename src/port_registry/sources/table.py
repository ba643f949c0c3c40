"""Every source format: those that the program brings, and those of third parties.

The order is that in which their files are read: what an earlier format has said of a number
a later one does not say again.
"""

import os
import sys
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


_INSTALLED = (".dist-info", "egg-info")
"""How the folders end that describe packages."""


@cache
def formats() -> tuple[SourceFormat, ...]:
    """Return every format, the program's own first; raises what a plugin's import raises."""
    return (*_OWN, *_plugins())


def _plugins() -> tuple[SourceFormat, ...]:
    if not any(_may_hold_plugins(folder) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name)
    return tuple(point.load() for point in found)


def _may_hold_plugins(folder: str) -> bool:
    """Return whether a package in `folder` may have an entry point of the group.

    `importlib.metadata` takes 20 ms to import, and nearly nobody has a plugin.
    """
    group = f"[{ENTRY_POINTS}]".encode()
    try:
        with os.scandir(folder or os.curdir) as items:
            found = [item.path for item in items if item.name.lower().endswith(_INSTALLED)]
    except NotADirectoryError:
        return True  # An archive.
    except OSError:
        return False
    return any(group in _entry_points(path) for path in found)


def _entry_points(folder: str) -> bytes:
    """Return the text of the entry points of the package that `folder` describes."""
    try:
        with open(os.path.join(folder, "entry_points.txt"), "rb") as file:
            return file.read()
    except OSError:
        return b""
