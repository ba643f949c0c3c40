"""Discovery of a project's root and files."""

import os
import stat
from collections.abc import Iterable, Iterator

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple, SourceError, Span, Unknown, system_reason
from port_registry.project.files import read_bytes
from port_registry.project.path_patterns import Patterns

CONFIG_NAME = "port-registry.toml"

MOST_FILES = 200_000
"""The number of files after which the listing of a project stops."""

_SKIPPED = word_set("paths", "generated")
"""Folders of generated or foreign files."""

_NOT_SKIPPED = word_set("paths", "hidden")
"""Hidden folders with files of the project; all others are skipped."""


_ENV_TEMPLATES = word_set("paths", "env-templates")
"""Endings of the names of environment files that are templates."""


class ProjectListing(NamedTuple):
    """The files of a project."""

    paths: tuple[str, ...]
    """Relative to the root, sorted."""
    unknown: tuple[Unknown, ...]
    """The folders that could not be listed."""


def find_root(start: str, target: str | None = None) -> str:
    """Return the root of the project of the folder `start`.

    That is the nearest enclosing folder with a `port-registry.toml`, within the git
    repository; else the nearest one with a `flake.nix` or a `.git`; else `start` itself. For a
    `target` folder that is outside, or has a `port-registry.toml` of its own, it is the root
    of the target.
    """
    root = _root_of(os.path.realpath(start))
    if target is None:
        return root
    folder = os.path.realpath(target)
    while folder != root:
        parent = os.path.dirname(folder)
        if parent == folder:
            return _root_of(os.path.realpath(target))
        if os.path.isfile(os.path.join(folder, CONFIG_NAME)):
            return folder
        folder = parent
    return root


def _root_of(start: str) -> str:
    marked: str | None = None
    folder = start
    while True:
        if os.path.isfile(os.path.join(folder, CONFIG_NAME)):
            return folder
        is_repository = os.path.exists(os.path.join(folder, ".git"))
        if marked is None and (is_repository or os.path.exists(os.path.join(folder, "flake.nix"))):
            marked = folder
        parent = os.path.dirname(folder)
        if is_repository or parent == folder:
            return marked or start
        folder = parent


class _Ignores(NamedTuple):
    """The patterns of a `.gitignore` file."""

    patterns: Patterns
    base: str
    """Its folder, relative to the root, with a slash at its end; empty for the root and
    above."""
    path_to_root: str
    """The path from its folder down to the root, with a slash at its end; empty for a folder
    that is the root or below it."""

    def decide(self, path: str) -> bool | None:
        """Return whether the file ignores `path`, or None where no pattern matches."""
        return self.patterns.decide(self.path_to_root + path[len(self.base) :])


class _Folder(NamedTuple):
    path: str
    """Relative to the root, with a slash at its end; empty for the root."""
    ignores: tuple[_Ignores, ...]
    """The patterns that apply to its contents, outermost first."""

    def ignored(self, path: str) -> bool:
        verdicts = (ignores.decide(path) for ignores in reversed(self.ignores))
        return next((verdict for verdict in verdicts if verdict is not None), False)


def list_files(root: str) -> ProjectListing:
    """Return the regular files below `root` that belong to the project.

    Folders that are hidden, generated, projects of their own (with a `port-registry.toml`) or
    links are omitted, and so are files that `.gitignore` files name. A file with `.override.`
    in its name is never omitted: it is personal by design, and process managers load it. Nor
    is `.env.example`, which is tracked even where all environment files are ignored.
    """
    root = os.path.realpath(root)
    paths: list[str] = []
    unknown: list[Unknown] = []
    pending = [_Folder("", _ignores_above(root))]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(os.path.join(root, folder.path)) as scan:
                items = {item.name: item for item in scan}
        except OSError as error:
            reason = f"the folder cannot be listed ({system_reason(error)})"
            unknown.append(Unknown((), reason, Span(folder.path, 0, 0)))
            continue
        if folder.path and CONFIG_NAME in items:
            continue
        if ".gitignore" in items:
            ignores = _read_ignores(os.path.join(root, folder.path, ".gitignore"), folder.path, "")
            folder = folder._replace(ignores=folder.ignores + ignores)
        paths.extend(_files_of(folder, items.values(), root))
        pending.extend(_folders_of(folder, items.values()))
        if len(paths) > MOST_FILES:
            reason = f"the project has more than {MOST_FILES} files, and the rest were skipped"
            unknown.append(Unknown((), reason, Span(folder.path, 0, 0)))
            break
    return ProjectListing(tuple(sorted(paths)), tuple(unknown))


def _files_of(folder: _Folder, items: Iterable["os.DirEntry[str]"], root: str) -> Iterator[str]:
    for item in items:
        path = folder.path + item.name
        if _is_file(item, root) and (_is_never_ignored(item.name) or not folder.ignored(path)):
            yield path


def _is_never_ignored(name: str) -> bool:
    """Return whether a file is listed even if a `.gitignore` file names it."""
    is_template = name.startswith(".env.") and name.rpartition(".")[2] in _ENV_TEMPLATES
    return ".override." in name or is_template


def _folders_of(folder: _Folder, items: Iterable["os.DirEntry[str]"]) -> Iterator[_Folder]:
    for item in items:
        hidden = item.name.startswith(".") and item.name not in _NOT_SKIPPED
        if hidden or item.name in _SKIPPED or not item.is_dir(follow_symlinks=False):
            continue
        path = f"{folder.path}{item.name}/"
        if not folder.ignored(path):
            yield _Folder(path, folder.ignores)


def _is_file(item: "os.DirEntry[str]", root: str) -> bool:
    """Return whether `item` is a regular file, or a link to one inside `root`."""
    if not item.is_symlink():
        return item.is_file(follow_symlinks=False)
    try:
        real = os.path.realpath(item.path)
        return real.startswith(root + "/") and stat.S_ISREG(os.stat(real).st_mode)
    except OSError:
        return False


def _ignores_above(root: str) -> tuple[_Ignores, ...]:
    """Return the patterns of the repository above `root`, and of its `info/exclude`."""
    relative, folder = "", root
    ignores: tuple[_Ignores, ...] = ()
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        relative = f"{os.path.basename(folder)}/{relative}"
        folder = parent
        ignores = _read_ignores(os.path.join(folder, ".gitignore"), "", relative) + ignores
    return _read_ignores(os.path.join(folder, ".git/info/exclude"), "", relative) + ignores


def _read_ignores(path: str, base: str, above: str) -> tuple[_Ignores, ...]:
    try:
        lines = read_bytes(path).decode("utf-8", "replace").split("\n")
    except SourceError:
        return ()
    return (_Ignores(Patterns(lines), base, above),)
