"""What Compose files say of ports."""

from collections.abc import Iterable, Iterator

from port_registry.changes.init import service_identification
from port_registry.changes.init.from_stacks import seen
from port_registry.changes.init.observation import Home, Left, Sighted, Sighting, Unread, Weight
from port_registry.model import Reader
from port_registry.sources.compose.project import ComposeFile, ComposeService

INSIDE = "inside a container, and not published"


def sighted(reader: Reader, files: Iterable[ComposeFile]) -> Sighted:
    """Return what `files` say."""
    sightings: list[Sighting] = []
    left: list[Left] = []
    unread: list[Unread] = []
    for file in files:
        for service in file.services:
            sightings += _published(service)
            for use in service.uses:
                if use.ports is not None:
                    found = seen(reader, use, use.ports, service.image)
                    if isinstance(found, Left):
                        left.append(found)
                    else:
                        sightings.append(found)
            left += _inside(service)
        unread += [Unread(one.message, one.span) for one in file.unreadable]
        unread += [Unread(f"cannot be known: {one.reason}", one.span) for one in file.unknown]
    return Sighted(tuple(sightings), tuple(left), tuple(unread))


def _published(service: ComposeService) -> Iterator[Sighting]:
    known = service_identification.by_image(service.image)
    if known is None or known.name in service_identification.FRONTS:
        known = service_identification.by_label(service.name)
    for use, target in service.published:
        if use.ports is None:
            continue
        own = known
        if own is None and target is not None and target.is_single():
            own = service_identification.by_number(target.first)
        yield Sighting(
            use.ports,
            use.protocols,
            service.name,
            "" if own is None else own.name,
            use.label,
            Weight.LISTENS,
            Home.PROJECT,
            use.span,
            (),
            None if target is None else target.first,
        )


def _inside(service: ComposeService) -> Iterator[Left]:
    """Yield the ports that are the container's own affair, each number once."""
    targets = {one.target.first for one in service.published if one.target is not None}
    seen: set[int] = set()
    for use in service.inner:
        if use.ports is not None and use.number not in targets and use.number not in seen:
            seen.add(use.number)
            yield Left(INSIDE, f"{service.name}:{use.ports}", use.number, use.span)
