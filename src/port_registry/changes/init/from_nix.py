"""What Nix files say of ports: what their hosts listen on, open and name."""

from port_registry.changes.init import service_identification
from port_registry.changes.init.name_words import telling
from port_registry.changes.init.observation import Home, Left, Sighted, Sighting, Weight, made
from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.matching.relevant_uses import RelevantUses
from port_registry.model import (
    TAKES,
    Place,
    Port,
    PortOrigin,
    PortRange,
    Role,
    Span,
    Use,
    port_from_int,
)

DOORS = {80: "http", 443: "https"}

INSIDE = "inside a container, of another machine, or only a test's"
DEFAULT = "an option's own default"

_WIDEST = 1000
"""A wider range is for connections that go out."""

_PLAIN = word_set("names", "plain-attributes")
"""Attributes, and names of files, that say nothing of whose a port is."""

_HOLDERS = word_set("nixos", "port-holders")
"""Attributes whose own attributes are services."""

_SITES = ("hosts", "virtualHosts")
"""Attributes whose own attributes are the sites of a proxy."""

_PORT_LABELS = word_set("names", "plain-ports")
"""Attributes that say no more than that they hold a port; whose, the one around them says."""

_LONGEST_COMMENT = 3
"""How many words a comment may have to be a service's name."""

_SAYING_LITTLE = word_set("names", "comment-fillers")
"""Words of comments that name nothing."""


def sighted(project: Project) -> Sighted:
    """Return what the hosts and files of `project` say."""
    listeners = _listeners(project)
    sightings = [_of_listener(listener) for listener in listeners]
    taken = {listener.span for listener in listeners if listener.origin is not PortOrigin.IMPLIED}
    left: list[Left] = []
    counting = RelevantUses(project)
    for file in project.files:
        counted = set(counting.of_file(file))
        for use in file.uses:
            if use.shown in taken or use.span in taken:
                continue
            ports = _ports(use)
            if ports is None:
                continue
            if use in counted:
                sightings.append(_of_literal(project, use, ports))
            else:
                left.append(_left(use, ports))
    return Sighted(tuple(sightings), tuple(left))


def _listeners(project: Project) -> list[Use]:
    """Return what hosts listen on, what several share once."""
    found: dict[tuple[str, int, int, Span], Use] = {}
    for host in hosts(project):
        for use in host.uses():
            if use.role is Role.LISTENS and use.origin is not PortOrigin.REFERENCED:
                found.setdefault((use.service, use.number, use.last, use.span), use)
    return list(found.values())


def _of_listener(listener: Use) -> Sighting:
    service = _named(listener.service)
    known = service_identification.by_label(service)
    number = listener.number
    if number in DOORS:
        known = services.by_name(DOORS[number])
    if known is not None and known.category == "system":
        service = made(known)
    option = "" if not listener.keys else listener.keys[-1] or ""
    return Sighting(
        PortRange(Port(listener.number), Port(listener.last)),
        listener.protocols,
        service,
        "" if known is None else known.name,
        option,
        Weight.LISTENS,
        Home.MACHINE,
        listener.span,
    )


def _named(service: str) -> str:
    """Return `node exporter` for `prometheus.exporters.node`, `redis main` for an instance."""
    *above, last = service.split(".")
    if "exporters" in above:
        return f"{last} exporter"
    if not above:
        return last
    return above[-1] if last in _PLAIN else f"{above[-1]} {last}"


def _ports(use: Use) -> PortRange | None:
    first, last = port_from_int(use.number), port_from_int(use.last)
    if first is None or last is None or not first <= last <= first + _WIDEST:
        return None
    return PortRange(first, last)


def _left(use: Use, ports: PortRange) -> Left:
    if use.place is Place.DEFAULT:
        return Left(DEFAULT, str(ports), ports.first, use.shown)
    host = f"{use.host}:" if use.host else ""
    return Left(INSIDE, f"{host}{ports}", ports.first, use.shown)


def _of_literal(project: Project, use: Use, ports: PortRange) -> Sighting:
    if use.role is Role.OPENS:
        service, label, known = _opened(project, use, ports)
    elif use.role in (Role.CONNECTS, Role.PROBES):
        service, label, known = _asked(use, ports)
    else:
        service, label = _said(use)
        service = service or _file_name(use.span.path)
        known = service_identification.by_label(service)
    if ports.is_single() and ports.first in DOORS:
        known = services.by_name(DOORS[ports.first])
        service = DOORS[ports.first]
    listens = use.role in TAKES
    weight = Weight.LISTENS if listens else Weight.ASKS
    return Sighting(
        ports,
        use.protocols,
        service,
        "" if known is None else known.name,
        label,
        weight if service else Weight.NAMELESS,
        Home.MACHINE,
        use.shown,
    )


def _opened(project: Project, use: Use, ports: PortRange) -> tuple[str, str, KnownService | None]:
    """Return whom a firewall is opened for: by the comment there, the number or the file."""
    comment = _comment(project, use)
    if comment:
        known, label = service_identification.led_by(comment)
        if known is not None:
            return comment.removesuffix(label).strip(), label, known
        return comment, "", None
    name = _file_name(use.span.path)
    known = service_identification.by_label(name)
    is_own = known is not None and any(port.port == ports.first for port in known.ports)
    found = service_identification.on_door(ports.first) if ports.is_single() else None
    if found is not None and not is_own:
        return made(found), "", found
    return name, "", known


def _asked(use: Use, ports: PortRange) -> tuple[str, str, KnownService | None]:
    """Return the service that something connects to: a site's, or one that is known."""
    steps = [step for step in use.keys if step]
    site = next((at for at, step in enumerate(steps[:-1]) if step in _SITES), None)
    if site is not None:
        service = _first_label(steps[site + 1])
        return service, "", service_identification.by_label(service)
    known = service_identification.by_label(" ".join(telling(use.label)))
    if known is None and ports.is_single():
        known = service_identification.by_number(ports.first)
    return ("" if known is None else made(known)), "", known


def _said(use: Use) -> tuple[str, str]:
    """Return the service that the way to a number names, and the label that tells the port."""
    steps = [step for step in use.keys if step]
    if steps and steps[-1] == use.label:
        steps.pop()
    owners = [
        at
        for at, step in enumerate(steps)
        if at and steps[at - 1] in _HOLDERS and step not in _HOLDERS and step not in _PLAIN
    ]
    if owners:
        owner = steps[owners[-1]]
        return (f"{owner} exporter" if "exporters" in steps else owner), use.label
    is_own = use.label in _PORT_LABELS and not use.quoted
    if is_own and steps and telling(steps[-1], _PLAIN):
        return steps[-1], ""
    is_port = use.place is Place.OPTION and split(use.label)[-1:] == ["port"]
    return (" ".join(telling(use.label)) if is_port else ""), ""


def _file_name(path: str) -> str:
    """Return what a file is called, or its folder; empty where that says nothing."""
    *_, folder, name = ("", *path.removesuffix(".nix").split("/"))
    for text in (name, folder):
        if text and text.lower() not in _PLAIN:
            return text if service_identification.by_label(text) is not None else ""
    return ""


def _first_label(host: str) -> str:
    """Return `photos` for `photos.example.org`; empty for a bare domain and the like."""
    labels = host.partition("://")[2].split(".") if "://" in host else host.split(".")
    is_service = len(labels) > 2 and labels[0] not in ("www", "*", "") and labels[0].isascii()
    return labels[0] if is_service else ""


def _comment(project: Project, use: Use) -> str:
    """Return the comment behind a number, if it is short enough to be a name."""
    place = use.shown
    source = project.reader.read(place.path)
    end = source.text.find("\n", place.end)
    line = source.text[place.end : len(source.text) if end < 0 else end]
    between, _, comment = line.partition("#")
    words = [word.strip("().,:;") for word in comment.split()]
    if any(char.isalnum() for char in between):
        return ""
    if len(words) > _LONGEST_COMMENT or not all(word.isascii() for word in words):
        return ""
    return " ".join(word for word in words if word.lower() not in _SAYING_LITTLE).lower()
