"""Ports that the firewalls of a project's machines let in."""

from collections import defaultdict
from collections.abc import Iterator

from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.project import Project
from port_registry.model import Entry, NamedTuple, Protocol, Role, Span, Use


class Opening(NamedTuple):
    """A port that one machine's firewall lets in."""

    machine: str
    use: Use
    entry: Entry | None
    """The entry that it refers to."""

    @property
    def protocol(self) -> Protocol:
        """The protocol that is let in."""
        return self.use.protocols[0]


class OpenedPlace(NamedTuple):
    """A place that opens a port in a firewall, on all machines that it is part of."""

    openings: tuple[Opening, ...]
    """At least one; of one place and protocol. With a host's own registry, the port may differ."""

    @property
    def first(self) -> Opening:
        """The first opening; the others differ in the machine alone."""
        return self.openings[0]


def opened_places(project: Project) -> Iterator[OpenedPlace]:
    """Yield the places that open a port, in order."""
    openings: dict[tuple[Span, str, str], list[Opening]] = defaultdict(list)
    for annotated in annotated_machines(project):
        for opening in _openings(annotated):
            key = (opening.use.span, opening.protocol.value, opening.use.interface)
            openings[key].append(opening)
    for key in sorted(openings):
        yield OpenedPlace(tuple(openings[key]))


def _openings(annotated: AnnotatedMachine) -> Iterator[Opening]:
    for use in annotated.machine.shared:
        if use.role is Role.OPENS and use.protocols:
            yield Opening(annotated.machine.name, use, annotated.entry(use) if use.entry else None)
