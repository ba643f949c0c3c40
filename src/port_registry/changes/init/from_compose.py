"""What Compose projects say of ports."""

from collections.abc import Iterable, Iterator

from port_registry.changes.init import service_identification
from port_registry.changes.init.from_stacks import seen
from port_registry.changes.init.observation import Home, Left, Sighted, Sighting, Unread, Weight
from port_registry.model import Machine, Reader, Role, Service, Use

INSIDE = "inside a container, and not published"


def sighted(reader: Reader, projects: Iterable[Machine]) -> Sighted:
    """Return what `projects` say."""
    sightings: list[Sighting] = []
    left: list[Left] = []
    unread: list[Unread] = []
    for project in projects:
        for service in project.services:
            for use in service.uses:
                found = _seen(reader, service, use)
                if isinstance(found, Left):
                    left.append(found)
                elif found is not None:
                    sightings.append(found)
        left += _inside(project)
        unread += [Unread(one.message, one.span) for one in project.unreadable]
        unread += [Unread(f"cannot be known: {one.reason}", one.span) for one in project.unknown]
    return Sighted(tuple(sightings), tuple(left), tuple(unread))


def _seen(reader: Reader, service: Service, use: Use) -> Sighting | Left | None:
    """Return what a use of `service` comes to; None for what is only another one's default."""
    if use.ports is None or use.overridden_by is not None:
        return None
    if use.role is not Role.PUBLISHES:
        return seen(reader, use, use.ports, service.program)
    known = service_identification.by_image(use.program)
    if known is None or known.name in service_identification.FRONTS:
        known = service_identification.by_label(service.name)
    if known is None and use.target is not None and use.target.is_single():
        known = service_identification.by_number(use.target.first)
    return Sighting(
        use.ports,
        use.protocols,
        service.name,
        "" if known is None else known.name,
        use.label,
        Weight.LISTENS,
        Home.PROJECT,
        use.span,
        (),
        None if use.target is None else use.target.first,
    )


def _inside(project: Machine) -> Iterator[Left]:
    """Yield the ports that are a container's own affair, each number once for each."""
    told: set[tuple[str, int]] = {
        (service.name, use.target.first)
        for service in project.services
        for use in service.uses
        if use.target is not None
    }
    for use in project.elsewhere:
        if use.ports is not None and (use.service, use.number) not in told:
            told.add((use.service, use.number))
            yield Left(INSIDE, f"{use.service}:{use.ports}", use.number, use.span)
