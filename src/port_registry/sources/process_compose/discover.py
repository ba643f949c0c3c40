"""Discovery of stacks: the files that process-compose itself would load together."""

import os
import posixpath
import re
from collections.abc import Callable, Iterable

from port_registry.model import Machine, Reader, SourceError, lazy_pattern

DEFAULT_NAMES = (
    "compose.yml",
    "compose.yaml",
    "process-compose.yml",
    "process-compose.yaml",
)
"""The files that process-compose looks for, in this order (its `loader.DefaultFileNames`)."""
DEFAULT_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "process-compose.override.yml",
    "process-compose.override.yaml",
)
"""The overrides that it looks for next to them (its `loader.DefaultOverrideFileNames`)."""


_EXTENSIONS = (".yaml", ".yml", ".json")

_OWN_NAMES = ("process-compose.", "process-compose.override.")
"""The names that no other program's files have, without their extensions."""


def read_stacks(
    reader: Reader,
    paths: tuple[str, ...],
    configured: tuple[tuple[str, ...], ...],
    asked: tuple[str, ...],
    progress: Callable[[int, int, str], None],
) -> tuple[Machine, ...]:
    """Return the stacks among `paths`, every file of the project.

    Those `configured` are run together; `asked` are named on the command line.
    """
    stacks = [tuple(map(os.path.normpath, stack)) for stack in configured]
    in_stacks = {path for stack in stacks for path in stack}
    candidates = [path for path in paths if is_candidate(path) and _is_stack(reader, path)]
    stacks += [stack for stack in stacks_in(candidates) if not in_stacks.issuperset(stack)]
    in_stacks.update(path for stack in stacks for path in stack)
    stacks += [
        (path,)
        for path in asked
        if path not in in_stacks and path.endswith(_EXTENSIONS) and _is_stack(reader, path)
    ]
    if not stacks:
        return ()
    from port_registry.sources.process_compose.stack import read_stack

    machines: list[Machine] = []
    for done, stack in enumerate(stacks):
        progress(done, len(stacks), stack[-1])
        machines.append(read_stack(reader, stack))
    return tuple(machines)


def _is_stack(reader: Reader, path: str) -> bool:
    """Return whether the file is process-compose's: by its name, or else by its text.

    A file that cannot be read counts, so that it is reported.
    """
    name = posixpath.basename(path)
    if name.removesuffix("yml").removesuffix("yaml") in _OWN_NAMES:
        return True
    try:
        return looks_like(reader.read(path).text)
    except SourceError:
        return True


def is_candidate(path: str) -> bool:
    """Return whether a file's name may be that of a process-compose file."""
    return _name().fullmatch(posixpath.basename(path)) is not None


def stacks_in(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return files in groups that process-compose loads together.

    In each folder, the first of `DEFAULT_NAMES` is grouped with the first of
    `DEFAULT_OVERRIDES`; another file, `name.yaml`, with a `name.override.yaml` next to it;
    all others are alone. Paths whose names are not candidates are left out. A `compose.yaml`
    may be another program's: pass only files that `looks_like` accepts (except overrides),
    or it takes the place of the `process-compose.yaml` next to it.
    """
    folders: dict[str, set[str]] = {}
    for path in paths:
        if is_candidate(path):
            folder, name = posixpath.split(path)
            folders.setdefault(folder, set()).add(name)
    stacks: list[tuple[str, ...]] = []
    for folder, names in sorted(folders.items()):
        for files in _stacks_in_folder(names):
            stacks.append(tuple(posixpath.join(folder, name) for name in files))
    return tuple(stacks)


def _stacks_in_folder(names: set[str]) -> list[tuple[str, ...]]:
    stacks: list[tuple[str, ...]] = []
    others = set(names)
    main = next((name for name in DEFAULT_NAMES if name in names), None)
    if main is not None:
        override = next((name for name in DEFAULT_OVERRIDES if name in names), None)
        stacks.append((main,) if override is None else (main, override))
        others.difference_update(stacks[0], DEFAULT_OVERRIDES)
    for name in sorted(others):
        stem, dot, extension = name.rpartition(".")
        if stem.endswith(".override"):
            if f"{stem.removesuffix('.override')}{dot}{extension}" in others:
                continue
            stacks.append((name,))
        else:
            override = f"{stem}.override{dot}{extension}"
            stacks.append((name, override) if override in others else (name,))
    return stacks


def looks_like(text: str) -> bool:
    """Return whether a text is a process-compose file and not another program's.

    It has `processes` at its top and no `services`; the text is searched, not parsed.
    """
    pattern = _keys_in_flow if text.lstrip("\ufeff \t\r\n").startswith("{") else _top_level_keys
    keys = {match[1] for match in pattern().finditer(text)}
    return "processes" in keys and "services" not in keys


_name = lazy_pattern(
    r"compose(?:\.override)?\.ya?ml|.*process-compose.*\.(?:ya?ml|json)|pc(?:\..+)?\.ya?ml"
)


_top_level_keys = lazy_pattern(
    r"^\ufeff?[\"']?(processes|services)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE
)
_keys_in_flow = lazy_pattern(r"[\"']?(processes|services)[\"']?\s*:")
