"""Registry transactions: the registry is locked, read, changed and written by one run at a time."""

import contextlib
import os
from collections.abc import Generator, Iterable

from port_registry.facts.ranges import Convention
from port_registry.model import Edit, NamedTuple
from port_registry.project.config import convention_of
from port_registry.project.files import Files
from port_registry.project.governing_registry import candidates, has_no_ports, no_registry_error
from port_registry.project.lock import hold_folders
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.project.write import Rewrite, write_all
from port_registry.registry.edit.editable_registry import EditableRegistry


class OpenRegistry(NamedTuple):
    """A registry that is locked, so that this run alone may change it."""

    workspace: Workspace
    editable: EditableRegistry
    convention: Convention
    locked: frozenset[str]
    """The folders that are locked."""

    def rewrite(self, edits: tuple[Edit, ...]) -> Rewrite:
        """Return the registry's file with `edits` applied."""
        source = self.editable.source
        real = self.workspace.files.real_path(source.path) or source.path
        return Rewrite(source.path, real, source.text, self.editable.changed(edits).text)

    def write(self, rewrites: Iterable[Rewrite]) -> None:
        """Write files, the registry's among them."""
        write_all(rewrites, self.locked)


@contextlib.contextmanager
def open_registry(request: Request) -> Generator[OpenRegistry]:
    """Lock the registry of the project that `request` is for, and read it.

    Raises the errors of opening the project, reading its registry and locking it.
    """
    workspace = open_workspace(request)
    convention = convention_of(workspace.config)
    paths, named = candidates(workspace)
    for path in paths:
        absolute = os.path.join(workspace.files.root, path)
        with hold_folders((absolute,), path) as locked:
            # Another run may have written the file since it was read before the lock.
            fresh = workspace._replace(files=Files(workspace.files.root))
            editable = EditableRegistry(fresh.files, path, workspace.attribute)
            if named or not has_no_ports(editable.registry):
                yield OpenRegistry(fresh, editable, convention, locked)
                return
    raise no_registry_error(workspace, paths)
