"""Which files of a project are the registries of single machines."""

from collections.abc import Iterable

_HOMES = frozenset(("hosts", "host", "machines", "systems", "nodes"))
"""Folders that hold a folder a machine."""

_INSIDE = frozenset(("config", "lib", "modules", "nix"))
"""Folders in which a machine may keep its registry."""

_MOST_GROUPS = 1
"""How many folders may stand between such a folder and a machine's: `hosts/eu/web`."""


def host_registries(paths: Iterable[str], registry_path: str) -> tuple[tuple[str, str], ...]:
    """Return the files among `paths` that are registries of machines, each with its host.

    They are named as the registry is and stand in the machine's folder (`hosts/web/`).
    """
    name = registry_path.rpartition("/")[2]
    found = ((path, _host_of(path)) for path in paths if path.rpartition("/")[2] == name)
    return tuple((path, host) for path, host in found if host and path != registry_path)


def _host_of(path: str) -> str:
    """Return the machine in whose folder `path` is; empty where it is in none's."""
    folders = path.split("/")[:-1]
    homes = [at for at, folder in enumerate(folders) if folder in _HOMES]
    if not homes:
        return ""
    below = folders[homes[-1] + 1 :]
    if len(below) > 1 and below[-1] in _INSIDE:
        below.pop()
    return below[-1] if 1 <= len(below) <= 1 + _MOST_GROUPS else ""
