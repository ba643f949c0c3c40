"""Observations in the processes of stacks."""

from collections.abc import Iterable, Iterator

from port_registry.changes.init import service_identification
from port_registry.changes.init.name_words import identifying_words
from port_registry.changes.init.observation import (
    Deployment,
    Observation,
    Observations,
    SkippedPort,
    Weight,
    spaced_name,
    unreadable_parts,
)
from port_registry.facts import services
from port_registry.matching.locality import is_local
from port_registry.model import (
    Annotation,
    Machine,
    PortRange,
    Reader,
    Role,
    Span,
    UnreadablePart,
    Use,
)

ELSEWHERE = "another machine's or container's"


def observe(reader: Reader, stacks: Iterable[Machine]) -> Observations:
    """Return the observations in `stacks`."""
    observations: list[Observation] = []
    skipped: list[SkippedPort] = []
    unreadable: list[UnreadablePart] = []
    for stack in stacks:
        for observed in _observe_stack(reader, stack):
            if isinstance(observed, SkippedPort):
                skipped.append(observed)
            else:
                observations.append(observed)
        unreadable += unreadable_parts(stack)
    return Observations(tuple(observations), tuple(skipped), tuple(unreadable))


def _observe_stack(reader: Reader, stack: Machine) -> Iterator[Observation | SkippedPort]:
    annotations = [note for note in stack.annotations if note.number is not None]
    manager = None if stack.manager is None else stack.manager.port
    programs = {process.name: process.program for process in stack.services}
    for process in stack.services:
        for use in process.uses:
            if use.role is not Role.LISTENS and use.number == manager:
                continue
            if use.ports is not None and not use.entry:
                observed = observe_use(reader, use, use.ports, programs.get(use.service, ""))
                yield _with_annotation(observed, use, annotations)
    for use in stack.shared:
        if use.ports is not None and not use.entry:
            observed = observe_use(reader, use, use.ports, "")
            yield _with_annotation(observed, use, annotations)


def _with_annotation(
    observed: Observation | SkippedPort, use: Use, annotations: list[Annotation]
) -> Observation | SkippedPort:
    """Return `observed` with the entry that a comment names for it, if there is one."""
    annotation = next((note for note in annotations if _covers(note, use)), None)
    if annotation is None or isinstance(observed, SkippedPort):
        return observed
    return observed._replace(entry=annotation.name, weight=Weight.ANNOTATED)


def observe_use(
    reader: Reader, use: Use, ports: PortRange, program: str
) -> Observation | SkippedPort:
    """Return the observation of `use`, which names `ports`; its process runs `program`."""
    if not is_local(use):
        return SkippedPort(ELSEWHERE, f"{use.host}:{ports}", use.number, use.span)
    if use.role in (Role.LISTENS, Role.PROBES) and use.service:
        known = service_identification.by_label(use.service) or service_identification.by_program(
            program
        )
        return Observation(
            ports=ports,
            protocols=use.protocols,
            service=use.service,
            known_service="" if known is None else known.name,
            label=use.label,
            weight=Weight.LISTENS if use.role is Role.LISTENS else Weight.PROBED,
            deployment=Deployment.PROJECT,
            span=use.span,
        )
    return _observe_connection(reader, use, ports)


def _covers(annotation: Annotation, use: Use) -> bool:
    """Return whether `annotation` covers `use` and repeats its number."""
    covers = annotation.covers
    is_inside = covers.path == use.span.path and covers.start <= use.span.start < covers.end
    return is_inside and annotation.number == use.number


def _observe_connection(reader: Reader, use: Use, ports: PortRange) -> Observation:
    """Return the observation of the service that a use connects to, or only mentions."""
    scheme = services.by_name(_scheme(reader, use.span))
    words = identifying_words(use.label)
    known = service_identification.by_label(" ".join(words)) or _of_scheme(scheme)
    known = known or service_identification.by_program(use.program)
    service = " ".join(words) or service_identification.generic_words(use.label.lower())
    if known is None and (not service or service_identification.is_generic_name(service)):
        known = service_identification.by_number(use.number)
    if known is not None and (not service or service_identification.is_generic_name(service)):
        service = spaced_name(known)
    return Observation(
        ports=ports,
        protocols=use.protocols,
        service=service,
        known_service="" if known is None else known.name,
        label="",
        weight=Weight.CONNECTS if service else Weight.NAMELESS,
        deployment=Deployment.PROJECT,
        span=use.span,
    )


def _of_scheme(scheme: services.KnownService | None) -> services.KnownService | None:
    """Return the server that a URL's scheme means; None for `http`, which means any."""
    return None if scheme is None or scheme.category == "system" else scheme


def _scheme(reader: Reader, span: Span) -> str:
    """Return the scheme of the URL that the number at `span` is in; empty for none."""
    source = reader.read(span.path)
    line = source.text[max(0, span.start - 300) : span.start].rpartition("\n")[2]
    before, separator, authority = line.rpartition("://")
    if not separator or any(char in authority for char in " \t'\"<>,;"):
        return ""
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in "+.-"):
        start -= 1
    return before[start:].partition("+")[0]
