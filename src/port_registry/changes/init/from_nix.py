"""Observations in Nix files: ports that their hosts listen on, open and name."""

import posixpath
from collections.abc import Iterator
from itertools import pairwise

from port_registry import model
from port_registry.changes.init import name_words, observation, service_identification
from port_registry.facts import identifiers, services
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching.locality import is_local_host
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.matching.relevant_uses import RelevantUses

DOORS = {80: "http", 443: "https"}

INSIDE = "inside a container, of another machine, or only a test's"
DEFAULT = "an option's own default"

_WIDEST_RANGE = 1000
"""A wider range is for outgoing connections."""

_PLAIN = word_set("names", "plain-attributes")
"""Attributes, and names of files, that do not name a service."""

_SERVICE_SETS = word_set("nixos", "port-holders")
"""Attributes whose own attributes are services."""

_SITES = ("hosts", "virtualHosts")
"""Attributes whose own attributes are the sites of a proxy."""

_PORT_LABELS = word_set("names", "plain-ports")
"""Attributes that only say that they hold a port; the one around them names the service."""

_LONGEST_COMMENT = 3
"""The number of words that a comment may have to be a service's name."""

_COMMENT_LINES = 3
"""The number of lines above a number in which a comment may mention it."""

_FILLERS = word_set("names", "comment-fillers")
"""Words of comments that name nothing."""


def observe(project: Project) -> Iterator[observation.Observed]:
    """Yield the observations in the hosts and files of `project`."""
    listeners = _listeners(project)
    yield from map(_observe_listener, listeners)
    written = {
        listener.span for listener in listeners if listener.origin is not model.PortOrigin.IMPLIED
    }
    relevant_uses = RelevantUses(project)
    for file in project.files:
        relevant = set(relevant_uses.of_file(file))
        for use in file.uses:
            if use.shown in written or use.span in written:
                continue
            ports = _ports(use)
            if ports is None:
                continue
            yield _observe_literal(project, use, ports) if use in relevant else _skip(use, ports)


def _listeners(project: Project) -> list[model.Use]:
    """Return the uses that hosts listen on, each once for all hosts."""
    listeners: dict[tuple[str, int, int, model.Span], model.Use] = {}
    for host in hosts(project):
        for use in host.uses():
            if use.role is model.Role.LISTENS and use.origin is not model.PortOrigin.REFERENCED:
                listeners.setdefault((use.service, use.number, use.last, use.span), use)
    return list(listeners.values())


def _observe_listener(listener: model.Use) -> observation.Observation:
    service = _service_name(listener.service)
    known = service_identification.by_label(service)
    if listener.number in DOORS:
        known = services.by_name(DOORS[listener.number])
    if known is not None and known.category == "system":
        service = observation.spaced_name(known)
    return observation.Observation(
        ports=model.PortRange(model.Port(listener.number), model.Port(listener.last)),
        protocols=listener.protocols,
        service=service,
        known_service=known,
        label="" if not listener.keys else listener.keys[-1] or "",
        weight=observation.Weight.LISTENS,
        deployment=observation.Deployment.MACHINE,
        span=listener.span,
    )


def _service_name(service: str) -> str:
    """Return `node exporter` for `prometheus.exporters.node`, `redis main` for an instance."""
    *above, last = service.split(".")
    if "exporters" in above:
        return f"{last} exporter"
    if not above:
        return last
    return above[-1] if last in _PLAIN else f"{above[-1]} {last}"


def _ports(use: model.Use) -> model.PortRange | None:
    first, last = model.port_from_int(use.number), model.port_from_int(use.last)
    if first is None or last is None or not first <= last <= first + _WIDEST_RANGE:
        return None
    return model.PortRange(first, last)


def _skip(use: model.Use, ports: model.PortRange) -> observation.SkippedPort:
    if use.place is model.Place.DEFAULT:
        return observation.SkippedPort(DEFAULT, str(ports), ports.first, use.shown)
    host = f"{use.host}:" if use.host else ""
    return observation.SkippedPort(INSIDE, f"{host}{ports}", ports.first, use.shown)


def _observe_literal(
    project: Project, use: model.Use, ports: model.PortRange
) -> observation.Observation:
    if use.role is model.Role.OPENS:
        service, label, known = _opened_service(project, use, ports)
    elif use.role in (model.Role.CONNECTS, model.Role.PROBES):
        service, label, known = _connected_service(use, ports)
    else:
        service, label, known = _named_service(use, ports)
    if ports.is_single() and ports.first in DOORS:
        known = services.by_name(DOORS[ports.first])
        service = DOORS[ports.first]
    weight = observation.Weight.LISTENS if use.role in model.TAKES else observation.Weight.CONNECTS
    return observation.Observation(
        ports=ports,
        protocols=use.protocols,
        service=service,
        known_service=known,
        label=label,
        weight=weight if service else observation.Weight.NAMELESS,
        deployment=observation.Deployment.MACHINE,
        span=use.shown,
    )


def _named_service(use: model.Use, ports: model.PortRange) -> tuple[str, str, KnownService | None]:
    """Return the service that the keys of a number, or its file, name.

    A number that is only mentioned may be another service's, to which the one named connects:
    the one that a key names and that has this port, or the owner of a system port.
    """
    if use.role is model.Role.REPEATS and ports.is_single():
        named = (service_identification.by_label(step) for step in use.keys if step)
        owners = (
            service
            for service in (*named, service_identification.system_service(ports.first))
            if service is not None and service.ports[0].port == ports.first
        )
        owner = next(owners, None)
        if owner is not None:
            return observation.spaced_name(owner), "", owner
    service, label = _service_from_keys(use)
    service = service or _file_name(use.span.path)
    return service, label, service_identification.by_label(service)


def _opened_service(
    project: Project, use: model.Use, ports: model.PortRange
) -> tuple[str, str, KnownService | None]:
    """Return the service that a firewall is opened for.

    The comment there names it, the number or the file.
    """
    comment = _comment(project, use)
    if comment:
        known, label = service_identification.leading_service(comment)
        if known is not None:
            return comment.removesuffix(label).strip(), label, known
        return comment, "", None
    name = _file_name(use.span.path)
    known = service_identification.by_label(name)
    is_own = known is not None and any(port.port == ports.first for port in known.ports)
    on_port = service_identification.service_on_port(ports.first) if ports.is_single() else None
    if on_port is not None and not is_own:
        return observation.spaced_name(on_port), "", on_port
    return name, "", known


def _connected_service(
    use: model.Use, ports: model.PortRange
) -> tuple[str, str, KnownService | None]:
    """Return the service that something connects to: a site's, or one that is known."""
    steps = [step for step in use.keys if step]
    site = next((index for index, step in enumerate(steps[:-1]) if step in _SITES), None)
    if site is not None and (use.host is None or is_local_host(use.host)):
        service = _first_label(steps[site + 1])
        return service, "", service_identification.by_label(service)
    known = service_identification.by_label(" ".join(name_words.identifying_words(use.label)))
    if known is None and ports.is_single():
        known = service_identification.by_number(ports.first)
    return ("" if known is None else observation.spaced_name(known)), "", known


def _service_from_keys(use: model.Use) -> tuple[str, str]:
    """Return the service that the keys of a number name, and the label of the port."""
    steps = [step for step in use.keys if step]
    if steps and steps[-1] == use.label:
        steps.pop()
    services_in_keys = [
        step
        for parent, step in pairwise(steps)
        if parent in _SERVICE_SETS and step not in _SERVICE_SETS and step not in _PLAIN
    ]
    if services_in_keys:
        service = services_in_keys[-1]
        return (f"{service} exporter" if "exporters" in steps else service), use.label
    is_own = use.label in _PORT_LABELS and not use.quoted
    if is_own and steps and name_words.identifying_words(steps[-1], _PLAIN):
        return _without_prefix(steps[-1]), ""
    is_port = use.place is model.Place.OPTION and identifiers.split(use.label)[-1:] == ["port"]
    return (" ".join(name_words.identifying_words(use.label)) if is_port else ""), ""


def _without_prefix(name: str) -> str:
    """Return `caddy` for `cfgCaddy`, the settings of caddy."""
    rest = name.removeprefix("cfg").lstrip("-_")
    return rest[0].lower() + rest[1:] if rest and rest != name and not rest[0].islower() else name


def _file_name(path: str) -> str:
    """Return the name of a file or of its folder; empty where neither names a service."""
    *_, folder, name = ("", *posixpath.splitext(path)[0].split("/"))
    for text in (name, folder):
        if text and text.lower() not in _PLAIN:
            return text if service_identification.by_label(text) is not None else ""
    return ""


def _first_label(host: str) -> str:
    """Return `photos` for `photos.example.org`; empty for a bare domain and the like."""
    labels = host.partition("://")[2].split(".") if "://" in host else host.split(".")
    is_service = len(labels) > 2 and labels[0] not in ("www", "*", "") and labels[0].isascii()
    return labels[0] if is_service else ""


def _comment(project: Project, use: model.Use) -> str:
    """Return the comment after a number, if it is short enough to be a name.

    Or else the subject of the comment above that mentions the number: "Matter Server uses 5580".
    """
    span = use.shown
    source = project.reader.read(span.path)
    line_number = source.position(span.start).line
    for number in range(line_number - 1, max(0, line_number - 1 - _COMMENT_LINES), -1):
        text = source.line_text(number).strip()
        if not text.startswith("#"):
            break
        subject, verb, rest = text.strip("# ").partition(" uses ")
        words = subject.split()
        if verb and str(use.number) in rest.split() and len(words) <= _LONGEST_COMMENT:
            return subject.lower()
    end = source.text.find("\n", span.end)
    line = source.text[span.end : len(source.text) if end < 0 else end]
    between, _, comment = line.partition("#")
    words = [word.strip("().,:;") for word in comment.split()]
    if any(char.isalnum() for char in between):
        return ""
    if len(words) > _LONGEST_COMMENT or not all(word.isascii() for word in words):
        return ""
    return " ".join(word for word in words if word.lower() not in _FILLERS).lower()
