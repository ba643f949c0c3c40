"""Registries of single machines of a project."""

from collections.abc import Iterable

from port_registry.facts.words import word_set

_HOST_FOLDERS = word_set("paths", "machine-folders")
"""Folders that contain a folder for each machine."""

_INNER_FOLDERS = word_set("paths", "registry-folders")
"""Folders below a machine's folder that may contain its registry."""

_MOST_GROUPS = 1
"""The number of folders allowed between such a folder and a machine's: `hosts/eu/web`."""


def host_registries(paths: Iterable[str], registry_path: str) -> tuple[tuple[str, str], ...]:
    """Return the files among `paths` that are registries of machines, each with its host.

    They have the file name of the registry and are in a machine's folder (`hosts/web/`).
    """
    name = registry_path.rpartition("/")[2]
    candidates = ((path, _host_of(path)) for path in paths if path.rpartition("/")[2] == name)
    return tuple((path, host) for path, host in candidates if host and path != registry_path)


def _host_of(path: str) -> str:
    """Return the machine whose folder contains `path`; empty without one."""
    folders = path.split("/")[:-1]
    home_indexes = [index for index, folder in enumerate(folders) if folder in _HOST_FOLDERS]
    if not home_indexes:
        return ""
    below = folders[home_indexes[-1] + 1 :]
    if len(below) > 1 and below[-1] in _INNER_FOLDERS:
        below.pop()
    return below[-1] if 1 <= len(below) <= 1 + _MOST_GROUPS else ""
