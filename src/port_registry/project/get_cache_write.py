"""The ports of a registry, read, and kept for the next time that `get` asks.

Only what can be made sure of at once is kept: a registry that was named, or that is in a
place with few better ones, no links on the way. `remembered` says what a record is.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Registry, Source, format_name
from port_registry.project.cache import cache_folder, sweep
from port_registry.project.discovery import CONFIG_NAME
from port_registry.project.files import Files
from port_registry.project.get_cache_read import pack_record, record_path
from port_registry.project.governing_registry import load_registry
from port_registry.project.temporary_files import replace_file
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.registry.locate import WELL_KNOWN

_MOST_BYTES = 4 * 1024 * 1024
"""How much is kept of one folder's files."""


def load_and_cache(request: Request) -> Registry:
    """Return the registry of the project that someone asks about without naming a file.

    What it says is kept, if it can be; raises what reading it raises.
    """
    folder = os.path.realpath(request.start)
    before = _Snapshot(folder)
    workspace = open_workspace(request)
    watched = _Watched(workspace.files.root)
    registry = load_registry(workspace._replace(files=watched))
    with contextlib.suppress(OSError, _UnsureError):
        _keep(folder, before, workspace, registry, watched)
    return registry


class CacheInputs(NamedTuple):
    """What answers depended on. All paths are absolute."""

    contents: tuple[tuple[str, bytes | None], ...]
    """Files and their bytes; None for what was not there in any form."""
    existing: tuple[tuple[str, bool], ...]
    """Paths, and whether anything was there."""
    regular_files: tuple[tuple[str, bool], ...]
    """Paths, and whether a regular file was there."""
    links: tuple[tuple[str, str], ...]
    """Paths, and where they lead."""
    program_files: tuple[tuple[str, int, int], ...]
    """Files of this program, with size and time: it may be a checkout that someone works on."""


class _UnsureError(Exception):
    """An answer depends on more than a record can hold."""


class _Watched(Files):
    """A reader that knows what it was asked."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.texts: dict[str, bytes] = {}
        self.regular: dict[str, bool] = {}

    def read(self, path: str) -> Source:
        """Return the file at `path`."""
        source = super().read(path)
        self.texts[path] = source.text.encode("utf-8")
        return source

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the root."""
        found = self.regular[path] = super().exists(path)
        return found


class _Snapshot:
    """What decides which project someone in a folder means, and which file is its registry."""

    def __init__(self, folder: str) -> None:
        self.there: dict[str, bool] = {}
        self.texts: dict[str, bytes | None] = {}
        self.unsure = False
        """Whether something was neither a file nor absent."""
        self.folders = tuple(_upwards(folder))
        for above in self.folders:
            for marker in (".git", "flake.nix"):
                self.there[f"{above}/{marker}"] = os.path.exists(f"{above}/{marker}")
            for name in (CONFIG_NAME, ".gitignore", ".git/info/exclude"):
                self._look(f"{above}/{name}")
            for path in WELL_KNOWN:
                self._look(f"{above}/{path}")
                inside = os.path.dirname(path)
                if inside:
                    self._look(f"{above}/{inside}/{CONFIG_NAME}")
                    self._look(f"{above}/{inside}/.gitignore")

    def _look(self, path: str) -> None:
        if path in self.texts:
            return
        try:
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
                self.texts[path] = file.read(_MOST_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            self.texts[path] = None
        except OSError:
            self.unsure = True


def _upwards(folder: str) -> Iterator[str]:
    """Yield `folder` and what is above it, up to the repository."""
    while True:
        yield folder.rstrip("/")
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(f"{folder}/.git"):
            return
        folder = above


def _keep(
    folder: str, before: _Snapshot, workspace: Workspace, registry: Registry, watched: _Watched
) -> None:
    """Write the record of `folder`; raises `_UnsureError` where there can be none."""
    path = record_path(folder)
    grounds = _grounds(folder, before, workspace, registry, watched)
    plain = (
        grounds.contents,
        grounds.existing,
        grounds.regular_files,
        grounds.links,
        grounds.program_files,
    )
    home = cache_folder()
    if home is None or path is None:
        raise _UnsureError
    answers = {
        name: str(entry.endpoint.ports)
        for entry in reversed(registry.entries)
        if (name := format_name(entry.name)).isprintable()
    }
    replace_file(path, pack_record(folder, plain, dict(reversed(answers.items()))))
    sweep(home)


def _grounds(
    folder: str, before: _Snapshot, workspace: Workspace, registry: Registry, watched: _Watched
) -> CacheInputs:
    root = workspace.files.root
    if workspace.registry is None and registry.path not in WELL_KNOWN[: _CERTAIN + 1]:
        raise _UnsureError
    after = _Snapshot(folder)
    if before.unsure or before.texts != after.texts or before.there != after.there:
        raise _UnsureError
    texts = dict(_deciding(before, workspace, registry))
    texts.update({f"{root}/{path}": data for path, data in watched.texts.items()})
    if sum(len(data) for data in texts.values() if data is not None) > _MOST_BYTES:
        raise _UnsureError
    read = [f"{root}/{path}" for path in watched.texts]
    if any(os.path.islink(path) for path in read):
        raise _UnsureError
    return CacheInputs(
        tuple(texts.items()),
        tuple(before.there.items()),
        tuple((f"{root}/{path}", is_there) for path, is_there in watched.regular.items()),
        tuple((path, os.path.realpath(path)) for path in read),
        tuple(_program()),
    )


def _deciding(
    before: _Snapshot, workspace: Workspace, registry: Registry
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the files that decided which one is the registry, and those that were not there."""
    root = workspace.files.root
    better: tuple[str, ...] = ()
    if workspace.registry is None:
        better = WELL_KNOWN[: WELL_KNOWN.index(registry.path) + 1]
    wanted = {f"{root}/{path}" for path in better}
    folders = {os.path.dirname(path) for path in wanted}
    for path, data in before.texts.items():
        folder, _, name = path.rpartition("/")
        decides = name in _RULES and (folder.removesuffix("/.git/info") in before.folders)
        if path in wanted or decides or (name in _RULES and folder in folders):
            yield path, data


_RULES = (CONFIG_NAME, ".gitignore", "exclude")
"""The files that say what belongs to a project."""

_CERTAIN = 3
"""The last of `WELL_KNOWN` before which no other path can come."""


def _program() -> Iterator[tuple[str, int, int]]:
    """Yield the files of this program that are in use."""
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.partition(".")[0] == "port_registry" and isinstance(path, str):
            status = os.stat(path)
            yield path, status.st_size, status.st_mtime_ns
