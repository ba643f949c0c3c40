"""Numbers in a stack that no annotation ties to an entry, as two rules report them.

What another rule owns is left out: a probe that asks the wrong port (`probe-mismatch`), a
service on the port of another (`wrong-service`), and the one of two clashing processes that
has no claim to the port (`port-clash`). Numbers in files that can refer to the
registry are reported file by file.
"""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine, UseSite
from port_registry.matching.clashes import clashes_on
from port_registry.matching.locality import is_local
from port_registry.matching.probe_targets import mismatches
from port_registry.matching.project import Project
from port_registry.model import Entry, PortRange, Role, Use


class UnannotatedUses(NamedTuple):
    """One number of one process without annotation, with all its places there."""

    process: str
    """Empty for a place above all processes."""
    number: int
    spots: tuple[UseSite, ...]
    """The places, the first one listened on in front."""
    entries: tuple[Entry, ...]
    """The entries that it can belong to."""
    certain: bool
    """Whether the number is the entry's, or is surely to become so."""

    def is_clear(self) -> bool:
        """Return whether some use surely is a port."""
        return any(use.role is not Role.REPEATS for spot in self.spots for use in spot.uses)

    def is_spoken_for(self) -> bool:
        """Return whether a process listens there."""
        return self.spots[0].listens()


def unannotated_uses(project: Project, ties: AnnotatedMachine) -> Iterator[UnannotatedUses]:
    """Yield the loose numbers of a stack, in order of appearance."""
    blamed = {
        (clash.blamed.service.name, clash.blamed.use.number)
        for clash in clashes_on(ties)
        if clash.blamed.entry is None
    }
    misasked = {(one.use.digits or one.use.span) for one in mismatches(ties)}
    grouped: dict[tuple[str, int], list[UseSite]] = {}
    for spot in ties.spots:
        tie = ties.by_key.get((spot.span, spot.number))
        if spot.ports is None or (tie is not None and not tie.followed):
            continue
        if spot.refers() or project.ties.takes_references(spot.span.path):
            continue
        if spot.span in misasked or not any(is_local(use) for use in spot.uses):
            continue
        processes = spot.processes()
        owner = "" if "" in processes else processes[0]
        grouped.setdefault((owner, spot.number), []).append(spot)
    for (process, number), spots in grouped.items():
        spots.sort(key=lambda spot: not spot.listens())
        followed = [tie for spot in spots if (tie := ties.of(spot.uses[0])) and tie.mark.entry]
        entries = _entries(ties, spots[0].ports, spots)
        if followed:
            entries = tuple(tie.mark.entry for tie in followed[:1] if tie.mark.entry)
        if entries and (process, number) in blamed:
            continue
        if entries and _is_misplaced(entries, spots):
            continue
        certain = all(tie.certain for tie in followed)
        yield UnannotatedUses(process, number, tuple(spots), entries, certain)


def _entries(
    ties: AnnotatedMachine, ports: PortRange | None, spots: list[UseSite]
) -> tuple[Entry, ...]:
    """Return the entries that the uses of `spots` can mean."""
    if ports is None:
        return ()
    protocols = {use.protocols for spot in spots for use in spot.uses}
    return tuple(
        entry
        for entry in ties.entries.holding(ports.first)
        if any(not said or set(said) & set(entry.endpoint.protocols) for said in protocols)
    )


def _is_misplaced(entries: tuple[Entry, ...], spots: list[UseSite]) -> bool:
    """Return whether a known service listens there, and every entry is another service's."""
    listening: list[Use] = [use for spot in spots for use in spot.uses if use.role is Role.LISTENS]
    return any(
        all(service_affinity.conflicting_services(entry, use.program) for entry in entries)
        for use in listening
    )
