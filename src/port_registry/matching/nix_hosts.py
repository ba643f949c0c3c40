"""Which places in Nix files belong to machines of the project."""

from collections import defaultdict
from collections.abc import Mapping

from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Span
from port_registry.sources.nix.fleet import Host


def is_taken(project: Project, place: Span) -> bool:
    """Return whether a machine has what stands at `place`, for all that is known.

    That is a module which it imports, and no condition that it does not meet. Where no
    machine is known, everything may be some machine's. A registry in a machine's folder is
    that machine's alone.
    """
    if not _machines(project) or place in _in_stacks(project):
        return True
    return any(place not in host.idle for host in _holders(project).get(place.path, ()))


def is_imported(project: Project, path: str) -> bool:
    """Return whether a machine imports the module at `path`, where machines are known at all."""
    return not _machines(project) or path in _holders(project)


@cached_per_project
def _in_stacks(project: Project) -> frozenset[Span]:
    """Return the places of ports in stacks that are written in Nix."""
    return frozenset(
        use.digits or use.span
        for stack in project.stacks
        for process in stack.processes
        for use in process.uses
        if use.span.path.endswith(".nix")
    )


@cached_per_project
def _machines(project: Project) -> list[Host]:
    """Return the machines that the registry is for; none where none is known."""
    named = [host for host in project.fleet.hosts if host.name]
    folders = project.registry.path.split("/")[:-1]
    return [host for host in named if host.name in folders] or named


@cached_per_project
def _holders(project: Project) -> Mapping[str, list[Host]]:
    """Return the machines that import each file."""
    found: dict[str, list[Host]] = defaultdict(list)
    for host in _machines(project):
        for path in host.files:
            found[path].append(host)
    return found
