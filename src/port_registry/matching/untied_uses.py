"""Untied uses: numbers on machines and in files that nothing ties to an entry."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import listeners, service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.entry_matches import MatchedEntry, matched_uses
from port_registry.matching.project import Project, cached_per_project
from port_registry.matching.unannotated_uses import UnannotatedUses, unannotated_uses
from port_registry.matching.use_context import SAME_WORDS
from port_registry.matching.variable_names import PLAIN_WORDS, names_other_entry

_WEB_PORTS = (80, 443)

_FIXED_PORTS = frozenset(map(int, word_set("services", "fixed-ports")))
"""To open or publish one of them says enough where the project does not refer to its entry."""

_WIDEST_RANGE = 1000
"""A wider range is for outgoing connections."""


class UntiedUses(model.NamedTuple):
    """One number that nothing ties to an entry, with all its sites in one service or file."""

    scope: str
    """The machine or the file, in which it is reported once."""
    service: model.Service | None
    """The service that names it, where only one does."""
    service_name: str
    """The service's name; empty for a place above all services, and in a file."""
    uses: tuple[model.Use, ...]
    """The first use of each site, the first one listened on in front; at least one."""
    uses_by_site: tuple[tuple[model.Use, ...], ...]
    """All uses of each site: a shared variable reaches several services."""
    kind: model.MachineKind | None
    """The kind of the machine; None in a file."""
    entries: tuple[MatchedEntry, ...]
    """The entries that it can belong to."""
    best_match: MatchedEntry | None
    """The entry that it surely belongs to."""
    is_port: bool
    """Whether it surely is a port of the project."""
    certain: bool
    """Whether the number is the entry's, or is surely to become so."""
    reportable: bool
    """Whether it is worth an entry where there is none."""

    @property
    def first(self) -> model.Use:
        """The use to report."""
        return self.uses[0]

    def listens(self) -> bool:
        """Return whether a service takes the port at one of the sites."""
        return any(use.role in model.TAKES for uses in self.uses_by_site for use in uses)


@cached_per_project
def untied_uses(project: Project) -> tuple[UntiedUses, ...]:
    """Return the untied uses of `project`: machine by machine, then file by file."""
    return (*_on_machines(project), *_in_files(project))


def _on_machines(project: Project) -> Iterator[UntiedUses]:
    for position, annotated in enumerate(annotated_machines(project)):
        for unannotated in unannotated_uses(project, annotated):
            if unannotated.number not in _WEB_PORTS:
                yield _from_unannotated(f"machine {position}", annotated, unannotated)


def _from_unannotated(
    scope: str, annotated: AnnotatedMachine, unannotated: UnannotatedUses
) -> UntiedUses:
    use, kind = unannotated.sites[0].uses[0], annotated.machine.kind
    name = use.service or use.label
    entry = service_affinity.closest(unannotated.entries, name, use.program)
    is_doubtful = entry is not None and _is_doubtful(annotated, use, entry)
    is_port = unannotated.is_port() or kind is model.MachineKind.VARIABLES
    # People copy a template, and the services of system ports are settled.
    is_settled = kind is model.MachineKind.VARIABLES and (
        annotated.machine.is_template or unannotated.number <= model.LAST_SYSTEM_PORT
    )
    return UntiedUses(
        scope=scope,
        service=_enclosing_service(annotated, unannotated),
        service_name=unannotated.service,
        uses=tuple(site.uses[0] for site in unannotated.sites),
        uses_by_site=tuple(site.uses for site in unannotated.sites),
        kind=kind,
        entries=tuple(MatchedEntry(0, candidate, 0) for candidate in unannotated.entries),
        best_match=None if entry is None else MatchedEntry(0, entry, 0),
        is_port=is_port,
        certain=unannotated.certain and not is_doubtful,
        reportable=is_port and not is_settled and not _is_manager_port(annotated, unannotated),
    )


def _is_doubtful(annotated: AnnotatedMachine, use: model.Use, entry: model.Entry) -> bool:
    """Return whether `use` may well be of another service than that of `entry`.

    A well-known server is on the port then, or a variable seems to name another service.
    """
    is_server = service_affinity.service_of_program(use.program) and use.role in model.TAKES
    if is_server and not service_affinity.affinity(entry, use.service, use.program):
        return True
    if annotated.machine.kind is not model.MachineKind.VARIABLES:
        return False
    is_own = use.role is model.Role.LISTENS and not PLAIN_WORDS.issuperset(split(use.label))
    is_unlike = is_own and not service_affinity.affinity(entry, use.label, "")
    return is_unlike or names_other_entry(annotated, use, entry)


def _enclosing_service(
    annotated: AnnotatedMachine, unannotated: UnannotatedUses
) -> model.Service | None:
    """Return the service in which an annotation is missing.

    None where every site is above the service, in a variable that services share.
    """
    service = annotated.services.get(unannotated.service)
    is_inside = service is not None and any(
        site.span.path != service.span.path or site.span.start >= service.span.start
        for site in unannotated.sites
    )
    return service if is_inside else None


def _is_manager_port(annotated: AnnotatedMachine, unannotated: UnannotatedUses) -> bool:
    """Return whether the port is the supervisor's own, and not to be reported here.

    Services may connect to it; one that listens on it is reported by `manager-clash`.
    """
    server = annotated.machine.manager
    if server is None or server.port != unannotated.number:
        return False
    return not unannotated.listens() or any(
        listener.service.name == unannotated.service
        for listener in listeners.listeners_on_manager(annotated, server)
    )


def _in_files(project: Project) -> Iterator[UntiedUses]:
    referred = {(reference.registry, reference.name) for reference in project.references}
    for match in matched_uses(project):
        use = match.use
        entries = {
            (project.registries[one.registry_index].registry.path, one.entry.name)
            for one in match.entries
        }
        is_let_in = use.role in (model.Role.OPENS, model.Role.PUBLISHES)
        is_fixed = is_let_in and use.number in _FIXED_PORTS
        if is_fixed and entries.isdisjoint(referred):
            continue
        is_taken = use.role in model.TAKES or use.role is model.Role.OPENS
        is_narrow = use.number > model.LAST_SYSTEM_PORT and use.last - use.number <= _WIDEST_RANGE
        yield UntiedUses(
            scope=use.span.path,
            service=None,
            service_name="",
            uses=(use,),
            uses_by_site=((use,),),
            kind=None,
            entries=match.entries,
            best_match=match.best_match(),
            is_port=match.affinity() >= SAME_WORDS and not match.annotated and match.on_machine,
            certain=match.is_certain(),
            reportable=is_taken and is_narrow and match.on_machine and not match.in_registry,
        )
