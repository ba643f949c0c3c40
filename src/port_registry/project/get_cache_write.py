"""Cache of `get` answers: reading a registry and writing its record.

Only answers with few inputs are cached: of a registry that is named, or at one of the
preferred paths, without links. `get_cache_read` describes the record.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

from port_registry.model import Registry, Source, format_name
from port_registry.project.cache import cache_folder, sweep
from port_registry.project.discovery import CONFIG_NAME
from port_registry.project.files import Files
from port_registry.project.get_cache_read import CacheInputs, pack_record, record_path
from port_registry.project.governing_registry import load_registry
from port_registry.project.temporary_files import replace_file
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.registry.locate import WELL_KNOWN

_MOST_BYTES = 4 * 1024 * 1024
"""The size limit of the inputs in a record."""


def load_and_cache(request: Request) -> Registry:
    """Return the registry of the project of `request`, and cache its answers if possible.

    Raises what `load_registry` does.
    """
    folder = os.path.realpath(request.start)
    snapshot = _Snapshot(folder)
    workspace = open_workspace(request)
    recorder = _RecordingFiles(workspace.files.root)
    registry = load_registry(workspace._replace(files=recorder))
    with contextlib.suppress(OSError, _NotCacheableError):
        inputs = _inputs(folder, snapshot, workspace, registry, recorder)
        path, home = record_path(folder), cache_folder()
        if path is not None and home is not None:
            answers = {
                name: str(entry.endpoint.ports)
                for entry in reversed(registry.entries)
                if (name := format_name(entry.name)).isprintable()
            }
            replace_file(path, pack_record(folder, inputs, dict(reversed(answers.items()))))
            sweep(home)
    return registry


class _NotCacheableError(Exception):
    """An answer depends on inputs that a record cannot contain."""


class _RecordingFiles(Files):
    """A reader that records what is read."""

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
        exists = self.regular[path] = super().exists(path)
        return exists


class _Snapshot:
    """The files that determine the project of a folder, and its registry."""

    def __init__(self, folder: str) -> None:
        self.there: dict[str, bool] = {}
        self.texts: dict[str, bytes | None] = {}
        self.is_incomplete = False
        """Whether a path is neither a file nor missing."""
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
            self.is_incomplete = True


def _upwards(folder: str) -> Iterator[str]:
    """Yield `folder` and its parents, up to the root of the repository."""
    while True:
        yield folder.rstrip("/")
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(f"{folder}/.git"):
            return
        folder = parent


def _inputs(
    folder: str,
    snapshot: _Snapshot,
    workspace: Workspace,
    registry: Registry,
    recorder: _RecordingFiles,
) -> CacheInputs:
    """Return the inputs of the answers; raises `_NotCacheableError` for others than these."""
    root = workspace.files.root
    if workspace.registry is None and registry.path not in WELL_KNOWN[: _CERTAIN + 1]:
        raise _NotCacheableError
    after = _Snapshot(folder)
    if snapshot.is_incomplete or snapshot.texts != after.texts or snapshot.there != after.there:
        raise _NotCacheableError
    read = [f"{root}/{path}" for path in recorder.texts]
    contents = dict(_deciding(snapshot, workspace, registry))
    contents.update({f"{root}/{path}": data for path, data in recorder.texts.items()})
    size = sum(len(data) for data in contents.values() if data is not None)
    if size > _MOST_BYTES or any(map(os.path.islink, read)):
        raise _NotCacheableError
    return (
        tuple(contents.items()),
        tuple(snapshot.there.items()),
        tuple((f"{root}/{path}", is_there) for path, is_there in recorder.regular.items()),
        tuple((path, os.path.realpath(path)) for path in read),
        tuple(_program()),
    )


def _deciding(
    snapshot: _Snapshot, workspace: Workspace, registry: Registry
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the files, and the missing ones, that determine which file is the registry."""
    root = workspace.files.root
    candidates: tuple[str, ...] = ()
    if workspace.registry is None:
        candidates = WELL_KNOWN[: WELL_KNOWN.index(registry.path) + 1]
    candidate_paths = {f"{root}/{path}" for path in candidates}
    folders = {os.path.dirname(path) for path in candidate_paths}
    for path, data in snapshot.texts.items():
        folder, _, name = path.rpartition("/")
        decides = name in _RULES and (folder.removesuffix("/.git/info") in snapshot.folders)
        if path in candidate_paths or decides or (name in _RULES and folder in folders):
            yield path, data


_RULES = (CONFIG_NAME, ".gitignore", "exclude")
"""The files that determine the files of a project."""

_CERTAIN = 3
"""The index in `WELL_KNOWN` of the last path that is preferred to all others."""


def _program() -> Iterator[tuple[str, int, int]]:
    """Yield the loaded files of this program."""
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.partition(".")[0] == "port_registry" and isinstance(path, str):
            status = os.stat(path)
            yield path, status.st_size, status.st_mtime_ns
