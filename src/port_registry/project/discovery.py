"""What belongs to a project: its root, and the files below it."""

import os
import stat
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.model import SourceError, Span, Unknown, system_reason
from port_registry.project.files import read_bytes
from port_registry.project.path_patterns import Patterns

CONFIG_NAME = "port-registry.toml"

MOST_FILES = 200_000
"""Where the listing of a project stops."""

_SKIPPED = word_set("paths", "generated")
"""Folders of generated or foreign files."""

_SHOWN = word_set("paths", "hidden")
"""Hidden folders that hold what people write; all others are skipped."""


_ENV_TEMPLATES = word_set("paths", "env-templates")
"""What the names of environment files end in that people copy."""


class ProjectListing(NamedTuple):
    """The files of a project."""

    paths: tuple[str, ...]
    """Relative to the root, sorted."""
    unknown: tuple[Unknown, ...]
    """What could not be listed."""


def find_root(start: str, target: str | None = None) -> str:
    """Return the root of the project that someone in the folder `start` means.

    That is the nearest folder upwards with a `port-registry.toml`, not looking above a git
    repository; else the nearest one with a `flake.nix` or a `.git`; else `start` itself.
    Where they ask about the folder `target`, it is the root of that, if it is outside or has
    a `port-registry.toml` of its own.
    """
    root = _root_of(os.path.realpath(start))
    if target is None:
        return root
    folder = os.path.realpath(target)
    while folder != root:
        above = os.path.dirname(folder)
        if above == folder:
            return _root_of(os.path.realpath(target))
        if os.path.isfile(os.path.join(folder, CONFIG_NAME)):
            return folder
        folder = above
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
        above = os.path.dirname(folder)
        if is_repository or above == folder:
            return marked or start
        folder = above


class _Ignores(NamedTuple):
    """One `.gitignore`."""

    patterns: Patterns
    base: str
    """The folder it is in, relative to the root and with a slash at its end; empty for the
    root and above."""
    above: str
    """The way from the folder down to the root, with a slash at its end; empty where the
    folder is the root or below it."""

    def decide(self, path: str) -> bool | None:
        """Return whether the file ignores `path`, or None where it says nothing of it."""
        return self.patterns.decide(self.above + path[len(self.base) :])


class _Folder(NamedTuple):
    path: str
    """Relative to the root, with a slash at its end; empty for the root."""
    ignores: tuple[_Ignores, ...]
    """What applies to the things in it, outermost first."""

    def ignored(self, path: str) -> bool:
        for ignores in reversed(self.ignores):
            verdict = ignores.decide(path)
            if verdict is not None:
                return verdict
        return False


def list_files(root: str) -> ProjectListing:
    """Return the regular files below `root` that are the project's own.

    Folders that are hidden, generated, projects of their own (they have a
    `port-registry.toml`) or reached through a link are left out, and so is what
    `.gitignore` files name. A file with `.override.` in its name is listed even so: it is
    personal by design, and is loaded all the same. So is `.env.example`, which is added by
    force where all environment files are ignored.
    """
    root = os.path.realpath(root)
    found: list[str] = []
    unknown: list[Unknown] = []
    waiting = [_Folder("", _ignores_above(root))]
    while waiting:
        folder = waiting.pop()
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
            made = _read_ignores(os.path.join(root, folder.path, ".gitignore"), folder.path, "")
            folder = folder._replace(ignores=folder.ignores + made)
        found.extend(_files_of(folder, items.values(), root))
        waiting.extend(_folders_of(folder, items.values()))
        if len(found) > MOST_FILES:
            reason = f"the project has more than {MOST_FILES} files, and not all were looked at"
            unknown.append(Unknown((), reason, Span(folder.path, 0, 0)))
            break
    return ProjectListing(tuple(sorted(found)), tuple(unknown))


def _files_of(folder: _Folder, items: Iterable["os.DirEntry[str]"], root: str) -> Iterator[str]:
    for item in items:
        path = folder.path + item.name
        if _is_file(item, root) and (_is_never_ignored(item.name) or not folder.ignored(path)):
            yield path


def _is_never_ignored(name: str) -> bool:
    """Return whether a file is listed whatever `.gitignore` files say."""
    is_template = name.startswith(".env.") and name.rpartition(".")[2] in _ENV_TEMPLATES
    return ".override." in name or is_template


def _folders_of(folder: _Folder, items: Iterable["os.DirEntry[str]"]) -> Iterator[_Folder]:
    for item in items:
        hidden = item.name.startswith(".") and item.name not in _SHOWN
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
    """Return what the repository says above `root`, and in its `info/exclude`."""
    way, folder = "", root
    found: tuple[_Ignores, ...] = ()
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ()
        way = f"{os.path.basename(folder)}/{way}"
        folder = above
        found = _read_ignores(os.path.join(folder, ".gitignore"), "", way) + found
    return _read_ignores(os.path.join(folder, ".git/info/exclude"), "", way) + found


def _read_ignores(path: str, base: str, above: str) -> tuple[_Ignores, ...]:
    try:
        lines = read_bytes(path).decode("utf-8", "replace").split("\n")
    except SourceError:
        return ()
    return (_Ignores(Patterns(lines), base, above),)
