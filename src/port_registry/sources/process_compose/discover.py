"""Which files make a stack: process-compose's own way of finding them."""

import posixpath
import re
from collections.abc import Iterable
from functools import cache

DEFAULT_NAMES = (
    "compose.yml",
    "compose.yaml",
    "process-compose.yml",
    "process-compose.yaml",
)
"""What process-compose looks for, in this order (its `loader.DefaultFileNames`)."""
DEFAULT_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "process-compose.override.yml",
    "process-compose.override.yaml",
)
"""The overrides that it looks for beside them (its `loader.DefaultOverrideFileNames`)."""


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that process-compose files have."""
    return _name().fullmatch(posixpath.basename(path)) is not None


def stacks_in(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Group files by the runs of process-compose that load them.

    In each folder, the first of `DEFAULT_NAMES` goes with the first of `DEFAULT_OVERRIDES`;
    another file, `name.yaml`, goes with a `name.override.yaml` beside it; all others stand
    alone. Paths whose names are not candidates are left out. A `compose.yaml` may be another
    program's: give only files that `looks_like` says yes to (overrides aside), lest it take
    the place of the `process-compose.yaml` beside it.
    """
    folders: dict[str, set[str]] = {}
    for path in paths:
        if is_candidate(path):
            folder, name = posixpath.split(path)
            folders.setdefault(folder, set()).add(name)
    stacks: list[tuple[str, ...]] = []
    for folder, names in sorted(folders.items()):
        for files in _in_folder(names):
            stacks.append(tuple(posixpath.join(folder, name) for name in files))
    return tuple(stacks)


def _in_folder(names: set[str]) -> list[tuple[str, ...]]:
    stacks: list[tuple[str, ...]] = []
    rest = set(names)
    main = next((name for name in DEFAULT_NAMES if name in names), None)
    if main is not None:
        override = next((name for name in DEFAULT_OVERRIDES if name in names), None)
        stacks.append((main,) if override is None else (main, override))
        rest.difference_update(stacks[0], DEFAULT_OVERRIDES)
    for name in sorted(rest):
        stem, dot, ending = name.rpartition(".")
        if stem.endswith(".override"):
            if f"{stem.removesuffix('.override')}{dot}{ending}" in rest:
                continue
            stacks.append((name,))
        else:
            override = f"{stem}.override{dot}{ending}"
            stacks.append((name, override) if override in rest else (name,))
    return stacks


def looks_like(text: str) -> bool:
    """Return whether a text is a process-compose file and not another program's.

    It has `processes` at its top and no `services`; the text is searched, not parsed.
    """
    pattern = _top_in_flow if text.lstrip("\ufeff \t\r\n").startswith("{") else _top
    found = {match[1] for match in pattern().finditer(text)}
    return "processes" in found and "services" not in found


@cache
def _name() -> re.Pattern[str]:
    return re.compile(
        r"compose(?:\.override)?\.ya?ml|.*process-compose.*\.(?:ya?ml|json)|pc(?:\..+)?\.ya?ml"
    )


@cache
def _top() -> re.Pattern[str]:
    return re.compile(r"^\ufeff?[\"']?(processes|services)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)


@cache
def _top_in_flow() -> re.Pattern[str]:
    return re.compile(r"[\"']?(processes|services)[\"']?\s*:")
