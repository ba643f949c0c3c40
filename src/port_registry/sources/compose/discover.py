"""Which files are Docker Compose's, and which of them are run together."""

import posixpath
import re
from collections.abc import Iterable

from port_registry.model import lazy_pattern

_ENDINGS = (".yaml", ".yml")

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""What Compose looks for, in this order (compose-go's `cli.DefaultFileNames`)."""

DEFAULT_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""The overrides that it looks for next to them (its `cli.DefaultOverrideFileNames`)."""


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that Compose files have: `compose` is a word of it."""
    name = posixpath.basename(path).lower()
    return name.endswith(_ENDINGS) and "compose" in re.split(r"[._-]", name)


def looks_like(text: str) -> bool:
    """Return whether a text is a Compose file and not another program's.

    It has `services` at its top and no `processes`; the text is searched, not parsed.
    """
    found = {match[1] for match in _top().finditer(text)}
    return "services" in found and "processes" not in found


def projects_in(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Group files by the runs of Compose that load them.

    In each folder, the first of `DEFAULT_NAMES` goes with the first of `DEFAULT_OVERRIDES`; all
    others are alone.
    """
    folders: dict[str, set[str]] = {}
    for path in paths:
        folder, name = posixpath.split(path)
        folders.setdefault(folder, set()).add(name)
    projects: list[tuple[str, ...]] = []
    for folder, names in sorted(folders.items()):
        main = next((name for name in DEFAULT_NAMES if name in names), None)
        override = next((name for name in DEFAULT_OVERRIDES if name in names), None)
        together = () if main is None or override is None else (main, override)
        if together:
            projects.append(tuple(posixpath.join(folder, name) for name in together))
        projects += [
            (posixpath.join(folder, name),) for name in sorted(names) if name not in together
        ]
    return tuple(projects)


_top = lazy_pattern(r"^\ufeff?[\"']?(processes|services)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)
