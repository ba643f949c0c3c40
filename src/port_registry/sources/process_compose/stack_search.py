"""Search for the stacks of a project: which files process-compose is run with."""

import os
import posixpath
from collections.abc import Callable

from port_registry.model import Machine, Reader, SourceError
from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in

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
