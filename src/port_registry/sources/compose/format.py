"""Docker Compose as a source format: the projects that its files make."""

import posixpath
import re
from collections.abc import Iterable

from port_registry.model import Machine, SourceError, lazy_pattern
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.shared.comment_ties import YamlCommentTies

NAME: str = "compose"

_ENDINGS = (".yaml", ".yml")

_CERTAIN = "docker-compose"
"""What no other program's files are called."""


DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""What Compose looks for, in this order (compose-go's `cli.DefaultFileNames`)."""

DEFAULT_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""The overrides that it looks for next to them (its `cli.DefaultOverrideFileNames`)."""


def read(files: ProjectFiles) -> SourceReading | None:
    """Return the projects of Compose files: their published sides."""
    projects = _projects(files)
    if not projects:
        return None
    from port_registry.sources.compose.read import read_compose

    machines: list[Machine] = []
    for done, paths in enumerate(projects):
        files.progress(done, len(projects), paths[-1])
        machines.append(read_compose(files.reader, paths))
    read_paths = frozenset(path for machine in machines for path in machine.files)
    return SourceReading(
        paths=read_paths,
        ties=YamlCommentTies(files.reader),
        machines=tuple(machines),
        counts=(Count("compose_files", len(read_paths), "Compose file", "Compose files"),),
    )


def _projects(files: ProjectFiles) -> list[tuple[str, ...]]:
    """Return the files of each project: those configured, found, and named by themselves."""
    configured = [tuple(map(posixpath.normpath, paths)) for paths in files.compose_projects]
    taken = {path for paths in configured for path in paths}
    candidates = [
        path
        for path in files.paths
        if path not in taken
        and is_candidate(path)
        and _is_compose(files, path)
        and files.is_deployed(path)
    ]
    taken.update(candidates)
    asked = [
        (path,)
        for path in files.asked
        if path not in taken and path.endswith(_ENDINGS) and _is_compose(files, path)
    ]
    return [*configured, *projects_in(candidates), *asked]


def _is_compose(files: ProjectFiles, path: str) -> bool:
    """Return whether the file is Compose's by its text.

    One that cannot be read is by its name, so that it does not go unseen.
    """
    try:
        return looks_like(files.reader.read(path).text)
    except SourceError:
        return posixpath.basename(path).startswith(_CERTAIN)


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that Compose files have: `compose` is a word of it."""
    name = posixpath.basename(path).lower()
    return name.endswith(_ENDINGS) and "compose" in re.split(r"[._-]", name)


def looks_like(text: str) -> bool:
    """Return whether a text is a Compose file and not another program's.

    It has `services` at its top and no `processes`; the text is searched, not parsed.
    """
    found = {match[1] for match in _top().finditer(text)}
    return "services" in found and "processes" not in found


def projects_in(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Group files by the runs of Compose that load them.

    In each folder, the first of `DEFAULT_NAMES` goes with the first of `DEFAULT_OVERRIDES`; all
    others are alone.
    """
    folders: dict[str, set[str]] = {}
    for path in paths:
        folder, name = posixpath.split(path)
        folders.setdefault(folder, set()).add(name)
    projects: list[tuple[str, ...]] = []
    for folder, names in sorted(folders.items()):
        main = next((name for name in DEFAULT_NAMES if name in names), None)
        override = next((name for name in DEFAULT_OVERRIDES if name in names), None)
        together = () if main is None or override is None else (main, override)
        if together:
            projects.append(tuple(posixpath.join(folder, name) for name in together))
        projects += [
            (posixpath.join(folder, name),) for name in sorted(names) if name not in together
        ]
    return tuple(projects)


_top = lazy_pattern(r"^\ufeff?[\"']?(processes|services)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)
