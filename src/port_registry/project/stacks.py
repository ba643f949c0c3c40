"""The stacks of a project: those that its files make, and those that its Nix files define."""

import os
from collections.abc import Iterator

from port_registry.model import Registry, SourceError
from port_registry.project.files import Files
from port_registry.project.non_deployed_paths import Aside
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.sources.nix_stacks import names_stacks
from port_registry.sources.process_compose import is_candidate, looks_like, stacks_in
from port_registry.sources.process_compose.stack_model import Stack


def stacks_in_files(workspace: Workspace, progress: Progress) -> Iterator[Stack]:
    """Yield the stacks that process-compose files make."""
    wanted = _stack_files(workspace)
    if not wanted:
        return
    from port_registry.sources.process_compose.stack import read_stack

    for done, files in enumerate(wanted):
        progress.step(done, len(wanted), files[-1])
        yield read_stack(workspace.files, files)


def stacks_in_nix(workspace: Workspace, registry: Registry) -> Iterator[Stack]:
    """Yield the stacks that Nix files define."""
    asked = Aside(workspace.config.include, workspace.scope.paths)
    paths = [path for path in workspace.paths if path.endswith(".nix") and not asked.leaves(path)]
    flakes = [path for path in paths if os.path.basename(path) in ("flake.nix", "devenv.nix")]
    if flakes and not any(_names_stacks(workspace.files, path) for path in flakes):
        return
    named = [path for path in paths if _names_stacks(workspace.files, path)]
    if named:
        from port_registry.sources.nix_stacks import stacks

        yield from stacks.stacks_in_nix(workspace.files, named, registry)


def _names_stacks(files: Files, path: str) -> bool:
    try:
        return names_stacks(path, files.listed(path))
    except SourceError:
        return False


def _stack_files(workspace: Workspace) -> list[tuple[str, ...]]:
    """Return the files of each stack: those configured, found, and named by themselves."""
    files = workspace.files
    stacks = [tuple(map(os.path.normpath, stack)) for stack in workspace.config.stacks]
    taken = {file for stack in stacks for file in stack}
    candidates = [path for path in workspace.paths if is_candidate(path) and _is_stack(files, path)]
    stacks += [stack for stack in stacks_in(candidates) if not taken.issuperset(stack)]
    taken.update(file for stack in stacks for file in stack)
    stacks += [
        (path,)
        for path in workspace.scope.paths
        if path not in taken and path.endswith(_ENDINGS) and _is_stack(files, path)
    ]
    return stacks


_ENDINGS = (".yaml", ".yml", ".json")

_CERTAIN = ("process-compose.", "process-compose.override.")
"""The names that no other program's files have, without their endings."""


def _is_stack(files: Files, path: str) -> bool:
    """Return whether the file is process-compose's: by its name, or else by its text.

    A file that cannot be read is, so that it does not go unseen.
    """
    name = os.path.basename(path)
    if name.removesuffix("yml").removesuffix("yaml") in _CERTAIN:
        return True
    try:
        return looks_like(files.read(path).text)
    except SourceError:
        return True
