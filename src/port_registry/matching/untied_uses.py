"""Numbers that nothing ties to an entry, on machines and in files, as two rules report them."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine, annotated_machines
from port_registry.matching.entry_matches import MatchedEntry, matched_uses
from port_registry.matching.listeners import on_manager
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.matching.unannotated_uses import UnannotatedUses, unannotated_uses
from port_registry.matching.use_context import SAME
from port_registry.model import TAKES, Entry, Role, Service, Use


class UntiedUses(NamedTuple):
    """One number that nothing ties to an entry, with all its places in one service or file."""

    scope: str
    """What it is reported once for: a machine, or a file."""
    service: Service | None
    """The service that names it, where it is that service's alone."""
    owner: str
    """The service's name; empty for a place above all services, and in a file."""
    uses: tuple[Use, ...]
    """One of each place, the first one listened on in front; at least one."""
    actors: tuple[tuple[Use, ...], ...]
    """All uses that come from each place: a shared variable reaches several services."""
    entries: tuple[MatchedEntry, ...]
    """The entries that it can belong to."""
    meant: MatchedEntry | None
    """The one that it surely belongs to."""
    clear: bool
    """Whether it surely speaks of a port of the project's own."""
    certain: bool
    """Whether the number is the entry's, or is surely to become so."""
    reportable: bool
    """Whether it is worth an entry where there is none."""

    @property
    def first(self) -> Use:
        """The place to report."""
        return self.uses[0]

    def listens(self) -> bool:
        """Return whether a service listens at the first place."""
        return any(use.role in TAKES for use in self.actors[0])


@cached_per_project
def untied_uses(project: Project) -> tuple[UntiedUses, ...]:
    """Return the untied numbers of `project`: machine by machine, then file by file."""
    return (*_on_machines(project), *_in_files(project))


def _on_machines(project: Project) -> Iterator[UntiedUses]:
    for at, ties in enumerate(annotated_machines(project)):
        for found in unannotated_uses(project, ties):
            yield _of_machine(f"machine {at}", ties, found)


def _of_machine(scope: str, ties: AnnotatedMachine, found: UnannotatedUses) -> UntiedUses:
    use = found.spots[0].uses[0]
    meant = found.entries[0] if len(found.entries) == 1 else None
    if len(found.entries) > 1:
        meant = service_affinity.closest(found.entries, use.service, use.program)
    strange = meant is not None and _is_strange(use, meant)
    return UntiedUses(
        scope=scope,
        service=_around(ties, found),
        owner=found.process,
        uses=tuple(spot.uses[0] for spot in found.spots),
        actors=tuple(spot.uses for spot in found.spots),
        entries=tuple(MatchedEntry(0, entry, 0) for entry in found.entries),
        meant=None if meant is None else MatchedEntry(0, meant, 0),
        clear=found.is_clear(),
        certain=found.certain and not strange,
        reportable=found.is_clear() and not _is_managers(ties, found),
    )


def _is_strange(use: Use, entry: Entry) -> bool:
    """Return whether a well-known server is on the port of an entry that may not be its own."""
    server = use.role is Role.LISTENS
    server = server and service_affinity.service_of_program(use.program) is not None
    return server and service_affinity.affinity(entry, use.service, use.program) == 0


def _around(ties: AnnotatedMachine, found: UnannotatedUses) -> Service | None:
    """Return the service in which an annotation is missing.

    None where every place is above the service, in a variable that services share.
    """
    service = ties.services.get(found.process)
    if service is None:
        return None
    path, start, _ = service.span
    inside = any(spot.span.path != path or spot.span.start >= start for spot in found.spots)
    return service if inside else None


def _is_managers(ties: AnnotatedMachine, found: UnannotatedUses) -> bool:
    """Return whether the port is the supervisor's own, and nothing to report here.

    Services may ask there; that one listens there is `manager-clash`.
    """
    server = ties.machine.manager
    if server is None or server.port != found.number:
        return False
    return not found.is_spoken_for() or any(
        listening.service.name == found.process for listening in on_manager(ties, server)
    )


_LAST_SYSTEM_PORT = 1023

_WIDEST = 1000
"""A wider range is for connections that go out."""


def _in_files(project: Project) -> Iterator[UntiedUses]:
    for match in matched_uses(project):
        use = match.use
        taken = use.role in TAKES or use.role is Role.OPENS
        narrow = use.number > _LAST_SYSTEM_PORT and use.last - use.number <= _WIDEST
        yield UntiedUses(
            scope=use.span.path,
            service=None,
            owner="",
            uses=(use,),
            actors=((use,),),
            entries=match.entries,
            meant=match.meant(),
            clear=match.grade() >= SAME and not match.annotated and match.taken,
            certain=match.is_certain(),
            reportable=taken and narrow and match.taken and not match.known,
        )
