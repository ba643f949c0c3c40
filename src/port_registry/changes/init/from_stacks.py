"""What the processes of stacks say of ports."""

from collections.abc import Iterable, Iterator

from port_registry.changes.init import service_identification
from port_registry.changes.init.name_words import telling
from port_registry.changes.init.observation import (
    Home,
    Left,
    Sighted,
    Sighting,
    Unread,
    Weight,
    made,
)
from port_registry.facts import services
from port_registry.matching.locality import is_local
from port_registry.model import Annotation, Machine, PortRange, Reader, Role, Span, Use

ELSEWHERE = "another machine's or container's"


def sighted(reader: Reader, stacks: Iterable[Machine]) -> Sighted:
    """Return what `stacks` say."""
    sightings: list[Sighting] = []
    left: list[Left] = []
    unread: list[Unread] = []
    for stack in stacks:
        for found in _of_stack(reader, stack):
            if isinstance(found, Left):
                left.append(found)
            else:
                sightings.append(found)
        unread += [Unread(one.message, one.span) for one in stack.unreadable]
        unread += [Unread(f"cannot be known: {one.reason}", one.span) for one in stack.unknown]
    return Sighted(tuple(sightings), tuple(left), tuple(unread))


def _of_stack(reader: Reader, stack: Machine) -> Iterator[Sighting | Left]:
    annotations = [mark for mark in stack.annotations if mark.number is not None]
    manager = None if stack.manager is None else stack.manager.port
    programs = {process.name: process.program for process in stack.services}
    for process in stack.services:
        for use in process.uses:
            if use.role is not Role.LISTENS and use.number == manager:
                continue
            if use.ports is not None and not use.entry:
                found = seen(reader, use, use.ports, programs.get(use.service, ""))
                yield _marked(found, use, annotations)
    for use in stack.shared:
        if use.ports is not None and not use.entry:
            yield _marked(seen(reader, use, use.ports, ""), use, annotations)


def _marked(found: Sighting | Left, use: Use, annotations: list[Annotation]) -> Sighting | Left:
    """Return what was found with the entry that a comment names for it."""
    mark = next((mark for mark in annotations if _ties(mark, use)), None)
    if mark is None or isinstance(found, Left):
        return found
    return found._replace(entry=mark.name, weight=Weight.NAMES)


def seen(reader: Reader, use: Use, ports: PortRange, program: str) -> Sighting | Left:
    """Return what `use`, which names `ports`, comes to; `program` is what its process runs."""
    if not is_local(use):
        return Left(ELSEWHERE, f"{use.host}:{ports}", use.number, use.span)
    if use.role in (Role.LISTENS, Role.PROBES) and use.service:
        known = service_identification.by_label(use.service) or service_identification.by_program(
            program
        )
        return Sighting(
            ports,
            use.protocols,
            use.service,
            "" if known is None else known.name,
            use.label,
            Weight.LISTENS if use.role is Role.LISTENS else Weight.SERVES,
            Home.PROJECT,
            use.span,
        )
    return _asked(reader, use, ports)


def _ties(mark: Annotation, use: Use) -> bool:
    is_inside = mark.covers.start <= use.span.start < mark.covers.end
    return mark.number == use.number and is_inside and mark.covers.path == use.span.path


def _asked(reader: Reader, use: Use, ports: PortRange) -> Sighting:
    """Return what a use says of the service that it connects to, or only speaks of."""
    scheme = services.by_name(_scheme(reader, use.span))
    words = telling(use.label)
    known = service_identification.by_label(" ".join(words)) or _of_scheme(scheme)
    known = known or service_identification.by_program(use.program)
    service = " ".join(words) or service_identification.kind_in(use.label.lower())
    if known is None and (not service or service_identification.is_kind(service)):
        known = service_identification.by_number(use.number)
    if known is not None and (not service or service_identification.is_kind(service)):
        service = made(known)
    return Sighting(
        ports,
        use.protocols,
        service,
        "" if known is None else known.name,
        "",
        Weight.ASKS if service else Weight.NAMELESS,
        Home.PROJECT,
        use.span,
    )


def _of_scheme(scheme: services.KnownService | None) -> services.KnownService | None:
    """Return the server that a URL's scheme stands for; `http` stands for any."""
    return None if scheme is None or scheme.category == "system" else scheme


def _scheme(reader: Reader, span: Span) -> str:
    """Return the scheme of the URL that the number at `span` stands in; empty for none."""
    source = reader.read(span.path)
    line = source.text[max(0, span.start - 300) : span.start].rpartition("\n")[2]
    before, mark, behind = line.rpartition("://")
    if not mark or any(char in behind for char in " \t'\"<>,;"):
        return ""
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in "+.-"):
        start -= 1
    return before[start:].partition("+")[0]
