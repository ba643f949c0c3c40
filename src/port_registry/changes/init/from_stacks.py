"""Observations in the processes of stacks."""

from collections.abc import Iterable, Iterator

from port_registry import model
from port_registry.changes.init import observation, service_identification
from port_registry.changes.init.name_words import identifying_words
from port_registry.facts import services
from port_registry.matching.locality import is_local

ELSEWHERE = "another machine's or container's"


def observe(reader: model.Reader, stacks: Iterable[model.Machine]) -> observation.Observations:
    """Return the observations in `stacks`."""
    observations: list[observation.Observation] = []
    skipped: list[observation.SkippedPort] = []
    unreadable: list[model.UnreadablePart] = []
    for stack in stacks:
        for observed in _observe_stack(reader, stack):
            if isinstance(observed, observation.SkippedPort):
                skipped.append(observed)
            else:
                observations.append(observed)
        unreadable += observation.unreadable_parts(stack)
    return observation.Observations(tuple(observations), tuple(skipped), tuple(unreadable))


def _observe_stack(
    reader: model.Reader, stack: model.Machine
) -> Iterator[observation.Observation | observation.SkippedPort]:
    annotations = [note for note in stack.annotations if note.number is not None]
    manager = None if stack.manager is None else stack.manager.port
    programs = {process.name: process.program for process in stack.services}
    for process in stack.services:
        for use in process.uses:
            if use.role is not model.Role.LISTENS and use.number == manager:
                continue
            if use.ports is not None and not use.entry:
                observed = observe_use(reader, use, use.ports, programs.get(use.service, ""))
                yield _with_annotation(observed, use, annotations)
    for use in stack.shared:
        if use.ports is not None and not use.entry:
            observed = observe_use(reader, use, use.ports, "")
            yield _with_annotation(observed, use, annotations)


def _with_annotation(
    observed: observation.Observation | observation.SkippedPort,
    use: model.Use,
    annotations: list[model.Annotation],
) -> observation.Observation | observation.SkippedPort:
    """Return `observed` with the entry that a comment names for it, if there is one."""
    annotation = next((note for note in annotations if _covers(note, use)), None)
    if annotation is None or isinstance(observed, observation.SkippedPort):
        return observed
    return observed._replace(entry=annotation.name, weight=observation.Weight.ANNOTATED)


def observe_use(
    reader: model.Reader, use: model.Use, ports: model.PortRange, program: str
) -> observation.Observation | observation.SkippedPort:
    """Return the observation of `use`, which names `ports`; its process runs `program`."""
    if not is_local(use):
        return observation.SkippedPort(ELSEWHERE, f"{use.host}:{ports}", use.number, use.span)
    if use.role in (model.Role.LISTENS, model.Role.PROBES) and use.service:
        known = service_identification.by_label(use.service) or service_identification.by_program(
            program
        )
        return observation.Observation(
            ports=ports,
            protocols=use.protocols,
            service=use.service,
            known_service="" if known is None else known.name,
            label=use.label,
            weight=observation.Weight.LISTENS
            if use.role is model.Role.LISTENS
            else observation.Weight.PROBED,
            deployment=observation.Deployment.PROJECT,
            span=use.span,
        )
    return _observe_connection(reader, use, ports)


def _covers(annotation: model.Annotation, use: model.Use) -> bool:
    """Return whether `annotation` covers `use` and repeats its number."""
    covers = annotation.covers
    is_inside = covers.path == use.span.path and covers.start <= use.span.start < covers.end
    return is_inside and annotation.number == use.number


def _observe_connection(
    reader: model.Reader, use: model.Use, ports: model.PortRange
) -> observation.Observation:
    """Return the observation of the service that a use connects to, or only mentions."""
    scheme = services.by_name(_scheme(reader, use.span))
    words = identifying_words(use.label)
    known = service_identification.by_label(" ".join(words)) or _of_scheme(scheme)
    known = known or service_identification.by_program(use.program)
    service = " ".join(words) or service_identification.generic_words(use.label.lower())
    if known is None and (not service or service_identification.is_generic_name(service)):
        known = service_identification.by_number(use.number)
    if known is not None and (not service or service_identification.is_generic_name(service)):
        service = observation.spaced_name(known)
    return observation.Observation(
        ports=ports,
        protocols=use.protocols,
        service=service,
        known_service="" if known is None else known.name,
        label="",
        weight=observation.Weight.CONNECTS if service else observation.Weight.NAMELESS,
        deployment=observation.Deployment.PROJECT,
        span=use.span,
    )


def _of_scheme(scheme: services.KnownService | None) -> services.KnownService | None:
    """Return the server that a URL's scheme means; None for `http`, which means any."""
    return None if scheme is None or scheme.category == "system" else scheme


def _scheme(reader: model.Reader, span: model.Span) -> str:
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
