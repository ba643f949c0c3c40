"""Unannotated uses: numbers on a machine that no annotation links to an entry.

What another rule reports is left out: a probe that asks the wrong port (`probe-mismatch`), a
service on the port of another (`wrong-service`), and the one of two clashing services that
has no claim to the port (`port-clash`). Numbers in files that can refer to the registry are
reported file by file.
"""

from collections.abc import Collection, Iterator, Mapping

from port_registry.matching import clashes, locality, probe_targets, service_affinity, use_sites
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.matching.project import Project
from port_registry.model import TAKES, Entry, MachineKind, NamedTuple, Role, Span


class UnannotatedUses(NamedTuple):
    """One number of one service without annotation, with all its sites there."""

    service: str
    """The service's name; empty for a place above all services."""
    number: int
    sites: tuple[use_sites.UseSite, ...]
    """The sites, the first one listened on in front, or the default that it overrides."""
    entries: tuple[Entry, ...]
    """The entries that it can belong to."""
    certain: bool
    """Whether the number is the entry's, or is surely to become so."""

    def is_port(self) -> bool:
        """Return whether some use surely is a port."""
        return any(use.role is not Role.REPEATS for site in self.sites for use in site.uses)

    def listens(self) -> bool:
        """Return whether a service listens there."""
        return any(site.listens() for site in self.sites)


def unannotated_uses(project: Project, annotated: AnnotatedMachine) -> Iterator[UnannotatedUses]:
    """Yield the numbers of a machine without annotation, in order of appearance."""
    blamed = {
        (clash.blamed.service.name, clash.blamed.use.number)
        for clash in clashes.clashes_on(annotated)
        if clash.blamed.entry is None
    }
    for (service, number), unsorted in _sites_by_service(project, annotated, blamed).items():
        sites = _in_order(unsorted)
        links = [
            link for site in sites if (link := annotated.link(site.uses[0])) and link.target.entry
        ]
        named = links[0].target.entry if links else None
        entries = (named,) if named else _entries(annotated, sites)
        if entries and ((service, number) in blamed or _is_misplaced(entries, sites)):
            continue
        yield UnannotatedUses(
            service=_service_of(sites[0]),
            number=number,
            sites=tuple(sites),
            entries=entries,
            certain=all(link.certain for link in links),
        )


def _sites_by_service(
    project: Project, annotated: AnnotatedMachine, blamed: Collection[tuple[str, int]]
) -> dict[tuple[str, int], list[use_sites.UseSite]]:
    """Return the sites without an annotation of their own, by service and number.

    What several containers publish is one port of the machine, and one annotation ties all of
    it: those sites are with the first service, unless a service is `blamed` for a clash there.
    """
    first_services: dict[int, str] = {}
    is_shared = annotated.machine.kind is MachineKind.CONTAINERS
    astray = {
        clash.blamed.use.shown
        for clash in clashes.clashes_on(annotated)
        if clash.kind is MachineKind.VARIABLES
    }
    mismatched = {mismatch.use.shown for mismatch in probe_targets.probe_mismatches(annotated)}
    numbers = {site.span: site.number for site in annotated.sites}
    grouped: dict[tuple[str, int], list[use_sites.UseSite]] = {}
    for site in annotated.sites:
        link = annotated.links.get(site.key)
        if site.ports is None or (link is not None and not link.follows_listener):
            continue
        if site.span in astray or site.span in mismatched or site.is_reference():
            continue
        if project.tie_writer.takes_references(site.span.path):
            continue
        if _is_other_default(site, numbers) or not any(locality.is_local(use) for use in site.uses):
            continue
        service = _service_of(site)
        if is_shared and (service, site.number) not in blamed:
            service = first_services.setdefault(site.number, service)
        grouped.setdefault((service, site.number), []).append(site)
    return grouped


def _service_of(site: use_sites.UseSite) -> str:
    """Return the service that the site is counted with; empty where it is above all of them."""
    services = site.services()
    return "" if "" in services else services[0]


def _is_other_default(site: use_sites.UseSite, numbers: Mapping[Span, int]) -> bool:
    """Return whether it is only the default of variables that are set to another number.

    `numbers` has the number of each site. `environment-drift` reports the two.
    """
    return all(
        use.overridden_by is not None and numbers.get(use.overridden_by) != site.number
        for use in site.uses
    )


def _in_order(sites: list[use_sites.UseSite]) -> list[use_sites.UseSite]:
    """Return `sites`, the one to report in front.

    Of a variable and its equal default that is the default: the report is the same then
    whether or not the file that sets the variable is there.
    """
    sites = sorted(sites, key=lambda site: not site.listens())
    first = sites[0].span
    return sorted(sites, key=lambda site: all(use.overridden_by != first for use in site.uses))


def _entries(annotated: AnnotatedMachine, sites: list[use_sites.UseSite]) -> tuple[Entry, ...]:
    """Return the entries that the uses of `sites`, which have one number, can mean."""
    stated = [set(use.protocols) for site in sites for use in site.uses]
    return tuple(
        entry
        for entry in annotated.entries.holding(sites[0].number)
        if any(not protocols or protocols & set(entry.protocols) for protocols in stated)
    )


def _is_misplaced(entries: tuple[Entry, ...], sites: list[use_sites.UseSite]) -> bool:
    """Return whether a known service takes the port, and every entry is another service's."""
    return any(
        all(service_affinity.conflicts(entry, use.program) for entry in entries)
        for site in sites
        for use in site.uses
        if use.role in TAKES
    )
