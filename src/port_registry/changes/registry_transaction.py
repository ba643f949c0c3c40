"""The registry grown by one run at a time: read under a lock, changed, proved, written."""

import contextlib
import os
from collections.abc import Callable, Generator, Iterable
from typing import NamedTuple

from port_registry.facts.ranges import Convention
from port_registry.model import Edit
from port_registry.project.config import convention_of
from port_registry.project.files import Files
from port_registry.project.governing_registry import candidates, is_of_something_else, none_found
from port_registry.project.lock import holding
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.project.write import Rewrite, write_all
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    apply_edits,
    open_editable,
)


class OpenRegistry(NamedTuple):
    """A registry that this run alone may change."""

    workspace: Workspace
    ground: EditableRegistry
    convention: Convention
    held: frozenset[str]
    """The folders that are locked."""

    def rewrite(self, edits: tuple[Edit, ...]) -> Rewrite:
        """Return the registry's file with `edits` carried out."""
        source = self.ground.source
        real = self.workspace.files.real_path(source.path) or source.path
        return Rewrite(source.path, real, source.text, apply_edits(self.ground, edits).text)

    def write(self, rewrites: Iterable[Rewrite]) -> None:
        """Write files, the registry's among them."""
        write_all(rewrites, self.held)


@contextlib.contextmanager
def opened(request: Request) -> Generator[OpenRegistry]:
    """Lock the registry of the project that `request` is about, and read it.

    Raises what opening the project, reading its registry and locking it raise.
    """
    workspace = open_workspace(request)
    convention = convention_of(workspace.config)
    paths, named = candidates(workspace)
    for path in paths:
        whole = os.path.join(workspace.files.root, path)
        with holding((whole,), path) as held:
            # What was read before the lock may have been written by another run since.
            fresh = workspace._replace(files=Files(workspace.files.root))
            ground = open_editable(fresh.files, path, workspace.attribute)
            if named or not is_of_something_else(ground.registry):
                yield OpenRegistry(fresh, ground, convention, held)
                return
    raise none_found(workspace, paths)


def grow(request: Request, change: Callable[[OpenRegistry], tuple[Edit, ...]]) -> Rewrite:
    """Change the registry by what `change` gives for it, and return what was written."""
    with opened(request) as registry:
        rewrite = registry.rewrite(change(registry))
        registry.write((rewrite,))
        return rewrite
