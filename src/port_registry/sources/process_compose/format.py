"""process-compose as a source format: the stacks that its files make."""

import os
import posixpath
from collections.abc import Callable
from typing import NamedTuple

from port_registry.model import Machine, Reader, SourceError
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in
from port_registry.sources.shared.comment_ties import YamlCommentTies

NAME: str = "process-compose"

_ENDINGS = (".yaml", ".yml", ".json")

_CERTAIN = ("process-compose.", "process-compose.override.")
"""The names that no other program's files have, without their endings."""


class StackFiles(NamedTuple):
    """What stacks are looked for in."""

    reader: Reader
    paths: tuple[str, ...]
    """Every file of the project."""
    configured: tuple[tuple[str, ...], ...]
    """The files that are run together by configuration."""
    asked: tuple[str, ...]
    """The files and folders that someone asks about."""
    progress: Callable[[int, int, str], None]


def read(files: ProjectFiles) -> SourceReading | None:
    """Return the stacks of the project's process-compose files."""
    found = StackFiles(files.reader, files.paths, files.stacks, files.asked, files.progress)
    stacks = read_stacks(found)
    if not stacks:
        return None
    return SourceReading(
        paths=frozenset(path for stack in stacks for path in stack.files),
        ties=YamlCommentTies(files.reader),
        machines=stacks,
        counts=(Count("stacks", len(stacks), "stack", "stacks"),),
    )


def read_stacks(files: StackFiles) -> tuple[Machine, ...]:
    """Return the stacks alone."""
    wanted = _stack_files(files)
    if not wanted:
        return ()
    from port_registry.sources.process_compose.stack import read_stack

    stacks: list[Machine] = []
    for done, paths in enumerate(wanted):
        files.progress(done, len(wanted), paths[-1])
        stacks.append(read_stack(files.reader, paths))
    return tuple(stacks)


def _stack_files(files: StackFiles) -> list[tuple[str, ...]]:
    """Return the files of each stack: those configured, found, and named by themselves."""
    stacks = [tuple(map(os.path.normpath, stack)) for stack in files.configured]
    taken = {path for stack in stacks for path in stack}
    candidates = [
        path for path in files.paths if is_candidate(path) and _is_stack(files.reader, path)
    ]
    stacks += [stack for stack in stacks_in(candidates) if not taken.issuperset(stack)]
    taken.update(path for stack in stacks for path in stack)
    stacks += [
        (path,)
        for path in files.asked
        if path not in taken and path.endswith(_ENDINGS) and _is_stack(files.reader, path)
    ]
    return stacks


def _is_stack(reader: Reader, path: str) -> bool:
    """Return whether the file is process-compose's: by its name, or else by its text.

    A file that cannot be read is, so that it does not go unseen.
    """
    name = posixpath.basename(path)
    if name.removesuffix("yml").removesuffix("yaml") in _CERTAIN:
        return True
    try:
        return looks_like(reader.read(path).text)
    except SourceError:
        return True
