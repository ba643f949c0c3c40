"""Observations in stacks, Compose projects and environment files."""

import posixpath
from collections.abc import Iterator
from itertools import chain

from port_registry.changes.init import name_words, observation, service_identification
from port_registry.facts import identifiers, services
from port_registry.facts.words import word_set
from port_registry.matching.locality import is_local
from port_registry.model import Annotation, Machine, PortRange, Reader, Role, Service, Span, Use

_ELSEWHERE = "another machine's or container's"
_INSIDE = "inside a container, and not published"

_PLAIN_FOLDERS = word_set("paths", "plain-folders")
"""Folders whose names say nothing about the program in them."""

_OWN = word_set("names", "own-port-variables")
"""Words of the variables that hold a program's own port."""


def observe_stack(reader: Reader, stack: Machine) -> Iterator[observation.Observed]:
    """Yield the observations in a stack; a comment may name the entry of one."""
    annotations = [note for note in stack.annotations if note.number is not None]
    manager = None if stack.manager is None else stack.manager.port
    programs = {process.name: process.program for process in stack.services}
    of_processes = (
        (use, programs.get(use.service, ""))
        for process in stack.services
        for use in process.uses
        if use.role is not Role.LISTENS or use.number != manager
    )
    for use, program in chain(of_processes, ((use, "") for use in stack.shared)):
        if use.ports is None or use.entry:
            continue
        observed = _observe_use(reader, use, use.ports, program)
        annotation = next((note for note in annotations if _covers(note, use)), None)
        if annotation is not None and isinstance(observed, observation.Observation):
            observed = observed._replace(entry=annotation.name, weight=observation.Weight.ANNOTATED)
        yield observed


def _covers(annotation: Annotation, use: Use) -> bool:
    """Return whether `annotation` covers `use` and repeats its number."""
    covers = annotation.covers
    is_inside = covers.path == use.span.path and covers.start <= use.span.start < covers.end
    return is_inside and annotation.number == use.number


def observe_project(reader: Reader, project: Machine) -> Iterator[observation.Observed]:
    """Yield the observations in a Compose project, without defaults that are overridden.

    The ports that are only used inside a container come last, each number of it once.
    """
    seen: set[tuple[str, int]] = set()
    for service in project.services:
        for use in service.uses:
            if use.target is not None:
                seen.add((service.name, use.target.first))
            if use.ports is None or use.overridden_by is not None:
                continue
            if use.role is Role.PUBLISHES:
                yield _observe_published(service, use, use.ports)
            else:
                yield _observe_use(reader, use, use.ports, service.program)
    for use in project.elsewhere:
        if use.ports is not None and (use.service, use.number) not in seen:
            seen.add((use.service, use.number))
            yield observation.SkippedPort(
                _INSIDE, f"{use.service}:{use.ports}", use.number, use.span
            )


def _observe_published(service: Service, use: Use, ports: PortRange) -> observation.Observation:
    known = service_identification.by_image(use.program)
    if known is None or known.name in service_identification.FRONT_SERVERS:
        known = service_identification.by_label(service.name)
    if known is None and use.target is not None and use.target.is_single():
        known = service_identification.by_number(use.target.first)
    return observation.Observation(
        ports=ports,
        protocols=use.protocols,
        service=service.name,
        known_service=known,
        label=use.label,
        weight=observation.Weight.LISTENS,
        deployment=observation.Deployment.PROJECT,
        span=use.span,
        container_port=None if use.target is None else use.target.first,
    )


def observe_variables(reader: Reader, file: Machine) -> Iterator[observation.Observed]:
    """Yield the observations in an environment file."""
    for use in file.shared:
        if use.ports is None:
            continue
        observed = _observe_use(reader, use, use.ports, "")
        if isinstance(observed, observation.Observation) and _is_own(use):
            folder = posixpath.basename(posixpath.dirname(file.files[0]))
            service = folder if folder and folder.lower() not in _PLAIN_FOLDERS else "app"
            observed = observed._replace(
                service=service, known_service=None, weight=observation.Weight.PROBED
            )
        yield observed
    for use in file.elsewhere:
        yield observation.SkippedPort(_ELSEWHERE, f"{use.host}:{use.number}", use.number, use.shown)


def _is_own(use: Use) -> bool:
    """Return whether a variable holds a port of the program that the file is for.

    `PORT` does, and `APP_PORT`, and so does one that its framework reads.
    """
    if use.host is not None:
        return False
    words = identifiers.split(use.label.lower())
    known = service_identification.by_label(" ".join(words[:-1]))
    is_framework = known is not None and known.category == "devtool"
    return words[-1:] == ["port"] and (is_framework or _OWN.issuperset(words))


def _observe_use(reader: Reader, use: Use, ports: PortRange, program: str) -> observation.Observed:
    """Return the observation of `use`, which names `ports`; its process runs `program`."""
    if not is_local(use):
        return observation.SkippedPort(_ELSEWHERE, f"{use.host}:{ports}", use.number, use.span)
    if use.role in (Role.LISTENS, Role.PROBES) and use.service:
        by_label = service_identification.by_label(use.service)
        return observation.Observation(
            ports=ports,
            protocols=use.protocols,
            service=use.service,
            known_service=by_label or service_identification.by_program(program),
            label=use.label,
            weight=observation.Weight.LISTENS
            if use.role is Role.LISTENS
            else observation.Weight.PROBED,
            deployment=observation.Deployment.PROJECT,
            span=use.span,
        )
    return _observe_connection(reader, use, ports)


def _observe_connection(reader: Reader, use: Use, ports: PortRange) -> observation.Observation:
    """Return the observation of the service that a use connects to, or only mentions."""
    words = name_words.identifying_words(use.label)
    known = service_identification.by_label(" ".join(words))
    known = known or _service_of_scheme(reader, use.span)
    known = known or service_identification.by_program(use.program)
    service = " ".join(words) or service_identification.generic_words(use.label.lower())
    if not service or service_identification.is_generic_name(service):
        known = known or service_identification.by_number(use.number)
        service = service if known is None else observation.spaced_name(known)
    return observation.Observation(
        ports=ports,
        protocols=use.protocols,
        service=service,
        known_service=known,
        label="",
        weight=observation.Weight.CONNECTS if service else observation.Weight.NAMELESS,
        deployment=observation.Deployment.PROJECT,
        span=use.span,
    )


def _service_of_scheme(reader: Reader, span: Span) -> services.KnownService | None:
    """Return the server that the scheme of the URL around the number at `span` means.

    None where there is no URL, and for `http`, which means any.
    """
    source = reader.read(span.path)
    line = source.text[max(0, span.start - 300) : span.start].rpartition("\n")[2]
    before, separator, authority = line.rpartition("://")
    if not separator or any(char in authority for char in " \t'\"<>,;"):
        return None
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in "+.-"):
        start -= 1
    service = services.by_name(before[start:].partition("+")[0])
    return None if service is None or service.category == "system" else service
