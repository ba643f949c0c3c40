"""Ports that the firewalls of a project's machines let in."""

from collections import defaultdict

from port_registry.matching.annotated_machines import annotated_machines
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


def opened_places(project: Project) -> list[list[Opening]]:
    """Return the openings of each place and protocol, on all machines that it is part of.

    Of one place there is at least one, and with a host's own registry, the port may differ.
    """
    openings: dict[tuple[Span, str, str], list[Opening]] = defaultdict(list)
    for annotated in annotated_machines(project):
        for use in annotated.machine.shared:
            if use.role is Role.OPENS and use.protocols:
                entry = annotated.entry(use) if use.entry else None
                opening = Opening(annotated.machine.name, use, entry)
                openings[use.span, opening.protocol.value, use.interface].append(opening)
    return [openings[key] for key in sorted(openings)]
