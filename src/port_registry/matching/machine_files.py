"""Files of machines: whether a place in a file belongs to a machine of the project."""

from collections import defaultdict
from collections.abc import Mapping

from port_registry.matching.project import Project, cached_per_project
from port_registry.model import Machine, MachineKind, Span


def is_on_machine(project: Project, span: Span) -> bool:
    """Return whether some machine has what is at `span`, for all that is known.

    The machine is made of the file then, and meets the conditions around the place. Where
    no machine is known, everything may be some machine's. A registry in a machine's folder
    is that machine's alone.
    """
    if not _relevant_hosts(project) or span in _use_spans_outside_hosts(project):
        return True
    return any(span not in host.inactive for host in _hosts_by_file(project).get(span.path, ()))


def is_imported(project: Project, path: str) -> bool:
    """Return whether a machine is made of the file at `path`; True where no machine is known."""
    return not _relevant_hosts(project) or path in _hosts_by_file(project)


@cached_per_project
def _use_spans_outside_hosts(project: Project) -> frozenset[Span]:
    """Return the spans of uses on machines that are not hosts."""
    return frozenset(
        use.shown
        for machine in project.machines
        if machine.kind is not MachineKind.HOST
        for use in machine.uses()
    )


@cached_per_project
def _relevant_hosts(project: Project) -> list[Machine]:
    """Return the hosts that the registry is for; empty where no host is known."""
    named = [host for host in hosts(project) if host.name]
    folders = project.registry.path.split("/")[:-1]
    return [host for host in named if host.name in folders] or named


@cached_per_project
def hosts(project: Project) -> tuple[Machine, ...]:
    """Return the machines that are computers with a configuration of their own."""
    return tuple(machine for machine in project.machines if machine.kind is MachineKind.HOST)


@cached_per_project
def _hosts_by_file(project: Project) -> Mapping[str, list[Machine]]:
    """Return the hosts that are made of each file."""
    by_file: dict[str, list[Machine]] = defaultdict(list)
    for host in _relevant_hosts(project):
        for path in host.files:
            by_file[path].append(host)
    return by_file
