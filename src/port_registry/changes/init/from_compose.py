"""Observations in Compose projects."""

from collections.abc import Iterable, Iterator

from port_registry.changes.init import observation, service_identification
from port_registry.changes.init.from_stacks import observe_use
from port_registry.model import Machine, Reader, Role, Service, UnreadablePart, Use

INSIDE = "inside a container, and not published"


def observe(reader: Reader, projects: Iterable[Machine]) -> observation.Observations:
    """Return the observations in `projects`."""
    observations: list[observation.Observation] = []
    skipped: list[observation.SkippedPort] = []
    unreadable: list[UnreadablePart] = []
    for project in projects:
        for service in project.services:
            for use in service.uses:
                observed = _observe_use(reader, service, use)
                if isinstance(observed, observation.SkippedPort):
                    skipped.append(observed)
                elif observed is not None:
                    observations.append(observed)
        skipped += _unpublished(project)
        unreadable += observation.unreadable_parts(project)
    return observation.Observations(tuple(observations), tuple(skipped), tuple(unreadable))


def _observe_use(
    reader: Reader, service: Service, use: Use
) -> observation.Observation | observation.SkippedPort | None:
    """Return the observation of a use of `service`; None for a default that is overridden."""
    if use.ports is None or use.overridden_by is not None:
        return None
    if use.role is not Role.PUBLISHES:
        return observe_use(reader, use, use.ports, service.program)
    known = service_identification.by_image(use.program)
    if known is None or known.name in service_identification.FRONT_SERVERS:
        known = service_identification.by_label(service.name)
    if known is None and use.target is not None and use.target.is_single():
        known = service_identification.by_number(use.target.first)
    return observation.Observation(
        ports=use.ports,
        protocols=use.protocols,
        service=service.name,
        known_service="" if known is None else known.name,
        label=use.label,
        weight=observation.Weight.LISTENS,
        deployment=observation.Deployment.PROJECT,
        span=use.span,
        container_port=None if use.target is None else use.target.first,
    )


def _unpublished(project: Machine) -> Iterator[observation.SkippedPort]:
    """Yield the ports that are only used inside a container, each number of it once."""
    seen: set[tuple[str, int]] = {
        (service.name, use.target.first)
        for service in project.services
        for use in service.uses
        if use.target is not None
    }
    for use in project.elsewhere:
        if use.ports is not None and (use.service, use.number) not in seen:
            seen.add((use.service, use.number))
            yield observation.SkippedPort(
                INSIDE, f"{use.service}:{use.ports}", use.number, use.span
            )
