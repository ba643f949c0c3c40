"""Machines, and the entries that annotations and references link their uses to."""

from collections.abc import Mapping

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotationLink, LinkFinder
from port_registry.matching.annotation_targets import AnnotationTarget, resolve_annotation
from port_registry.matching.project import Project, cached_per_project
from port_registry.matching.use_sites import SiteKey, UseSite, site_key, use_sites
from port_registry.model import Entry, Machine, NamedTuple, Service, Use
from port_registry.registry.lookup import EntryIndex


class AnnotatedMachine(NamedTuple):
    """A machine, and the links between its uses and entries."""

    machine: Machine
    entries: EntryIndex
    targets: tuple[AnnotationTarget, ...]
    sites: tuple[UseSite, ...]
    links: Mapping[SiteKey, AnnotationLink]
    services: Mapping[str, Service]
    """The services of the machine by name."""

    def link(self, use: Use) -> AnnotationLink | None:
        """Return the link between `use` and an annotation; None where there is none."""
        return self.links.get(site_key(use))

    def entry(self, use: Use) -> Entry | None:
        """Return the entry that `use` refers to, or that an annotation links it to."""
        if use.entry:
            return self.entries.named(use.entry)
        link = self.link(use)
        return None if link is None else link.target.entry

    def expected_number(self, use: Use) -> int:
        """Return the number that `use` will have once no number is stale any more.

        The rules on clashes and probes judge that one; `stale-annotation` reports the stale
        one.
        """
        link = self.link(use)
        entry = None if link is None or not link.stale else link.target.entry
        if entry is None or use.last != use.number or not entry.ports.is_single():
            return use.number
        return use.number if service_affinity.conflicts(entry, use.program) else entry.port


@cached_per_project
def annotated_machines(project: Project) -> tuple[AnnotatedMachine, ...]:
    """Return the machines of `project`, in order, with the links of their uses to entries."""
    indexes = {"": EntryIndex(project.registry)}
    for own, host in project.registries:
        if host:
            names = {entry.name for entry in own.entries}
            inherited = (entry for entry in project.registry.entries if entry.name not in names)
            indexes[host] = EntryIndex(own.replace(entries=(*own.entries, *inherited)))
    return tuple(
        _annotated(project, indexes.get(machine.name, indexes[""]), machine)
        for machine in project.machines
    )


def _annotated(project: Project, index: EntryIndex, machine: Machine) -> AnnotatedMachine:
    targets = tuple(
        resolve_annotation(project, index, annotation) for annotation in machine.annotations
    )
    sites = use_sites(machine)
    numbers = [site for site in sites if not site.is_reference()]
    return AnnotatedMachine(
        machine=machine,
        entries=index,
        targets=targets,
        sites=sites,
        links=LinkFinder(project.reader, index, machine.kind, targets, numbers).find(),
        services={service.name: service for service in machine.services},
    )
