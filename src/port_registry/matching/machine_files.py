"""Which places in files belong to machines of the project."""

from collections import defaultdict
from collections.abc import Mapping

from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Machine, MachineKind, Span


def is_taken(project: Project, place: Span) -> bool:
    """Return whether a machine has what stands at `place`, for all that is known.

    That is a module which it imports, and no condition that it does not meet. Where no
    machine is known, everything may be some machine's. A registry in a machine's folder is
    that machine's alone.
    """
    if not _machines(project) or place in _in_stacks(project):
        return True
    return any(place not in host.inactive for host in _holders(project).get(place.path, ()))


def is_imported(project: Project, path: str) -> bool:
    """Return whether a machine imports the module at `path`, where machines are known at all."""
    return not _machines(project) or path in _holders(project)


@cached_per_project
def _in_stacks(project: Project) -> frozenset[Span]:
    """Return the places of ports on machines that are not made of whole files."""
    return frozenset(
        use.shown
        for machine in project.machines
        if machine.kind is not MachineKind.HOST
        for use in machine.uses()
    )


@cached_per_project
def _machines(project: Project) -> list[Machine]:
    """Return the hosts that the registry is for; none where none is known."""
    named = [host for host in hosts(project) if host.name]
    folders = project.registry.path.split("/")[:-1]
    return [host for host in named if host.name in folders] or named


@cached_per_project
def hosts(project: Project) -> tuple[Machine, ...]:
    """Return the machines that are computers with a configuration of their own."""
    return tuple(one for one in project.machines if one.kind is MachineKind.HOST)


@cached_per_project
def _holders(project: Project) -> Mapping[str, list[Machine]]:
    """Return the machines that import each file."""
    found: dict[str, list[Machine]] = defaultdict(list)
    for host in _machines(project):
        for path in host.files:
            found[path].append(host)
    return found
