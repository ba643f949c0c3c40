"""Search for the stacks of a project: which files process-compose is run with."""

import os
import posixpath
from collections.abc import Callable

from port_registry.model import Machine, NamedTuple, Reader, SourceError
from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in

_EXTENSIONS = (".yaml", ".yml", ".json")

_OWN_NAMES = ("process-compose.", "process-compose.override.")
"""The names that no other program's files have, without their extensions."""


class StackSearch(NamedTuple):
    """The files in which stacks are looked for."""

    reader: Reader
    paths: tuple[str, ...]
    """Every file of the project."""
    configured: tuple[tuple[str, ...], ...]
    """The files that are run together by configuration."""
    asked: tuple[str, ...]
    """The files and folders that are named on the command line."""
    progress: Callable[[int, int, str], None]


def read_stacks(search: StackSearch) -> tuple[Machine, ...]:
    """Return the stacks that `search` finds."""
    file_lists = _stack_files(search)
    if not file_lists:
        return ()
    from port_registry.sources.process_compose.stack import read_stack

    stacks: list[Machine] = []
    for done, paths in enumerate(file_lists):
        search.progress(done, len(file_lists), paths[-1])
        stacks.append(read_stack(search.reader, paths))
    return tuple(stacks)


def _stack_files(search: StackSearch) -> list[tuple[str, ...]]:
    """Return the files of each stack: configured ones, those found, and those asked for."""
    stacks = [tuple(map(os.path.normpath, stack)) for stack in search.configured]
    in_stacks = {path for stack in stacks for path in stack}
    candidates = [
        path for path in search.paths if is_candidate(path) and _is_stack(search.reader, path)
    ]
    stacks += [stack for stack in stacks_in(candidates) if not in_stacks.issuperset(stack)]
    in_stacks.update(path for stack in stacks for path in stack)
    stacks += [
        (path,)
        for path in search.asked
        if path not in in_stacks and path.endswith(_EXTENSIONS) and _is_stack(search.reader, path)
    ]
    return stacks


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
