"""Docker Compose as a source format: the projects that its files make."""

import posixpath

from port_registry.model import Machine, SourceError
from port_registry.sources.compose.discover import is_candidate, looks_like, projects_in
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.shared.comment_ties import YamlCommentTies

NAME: str = "compose"

_ENDINGS = (".yaml", ".yml")

_CERTAIN = "docker-compose"
"""What no other program's files are called."""


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
