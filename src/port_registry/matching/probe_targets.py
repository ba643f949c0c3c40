"""Probe targets: probes that ask a port which their service does not serve."""

from collections.abc import Iterator
from enum import Enum

from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.matching.listeners import ServiceListener, listeners
from port_registry.model import NamedTuple, Probe, Protocol, Role, Service, Use

_SECONDARY_WORDS = word_set("names", "second-flags")
"""Words of variables and flags for ports that a service has next to its first one."""


class ProbeRole(Enum):
    """The role of a probe among those of a service."""

    READINESS = "readiness"
    LIVENESS = "liveness"


class ProbeMismatch(NamedTuple):
    """A probe that asks the wrong port."""

    service: Service
    role: ProbeRole
    use: Use
    serving: tuple[ServiceListener, ...]
    """The service's listeners over TCP; at least one."""


def probe_mismatches(annotated: AnnotatedMachine) -> Iterator[ProbeMismatch]:
    """Yield the mismatches of a machine, in order."""
    for service in annotated.machine.services:
        probes = ((ProbeRole.READINESS, service.readiness), (ProbeRole.LIVENESS, service.liveness))
        for role, probe in probes:
            if probe is None or not probe.local or service.varying:
                continue
            serving = tuple(
                listener
                for listener in listeners(annotated, service)
                if Protocol.TCP in listener.endpoint.protocols
            )
            is_known = any(not _is_secondary(listener.use) for listener in serving)
            if is_known and _is_mismatch(annotated, service, probe, serving):
                yield ProbeMismatch(service, role, probe.uses[0], serving)


def _is_mismatch(
    annotated: AnnotatedMachine,
    service: Service,
    probe: Probe,
    serving: tuple[ServiceListener, ...],
) -> bool:
    """Return whether no port that `probe` asks is, or could be, one of its service."""
    served = {listener.endpoint.ports for listener in serving}
    return bool(probe.uses) and not any(
        any(ports.holds(annotated.expected_number(use)) for ports in served)
        or _may_serve(annotated, service, use)
        for use in probe.uses
    )


def _is_secondary(use: Use) -> bool:
    """Return whether a port is a second one of its service, as that of `METRICS_PORT` is.

    The first one is not known then, and a probe may ask it.
    """
    return any(word in _SECONDARY_WORDS for word in split(use.label))


def _names_port(service: Service, use: Use) -> bool:
    """Return whether `service` names the port of `use` where it may be one that it serves."""
    return any(
        other.number == use.number and other.role in (Role.LISTENS, Role.REPEATS)
        for other in service.uses
    )


def _may_serve(annotated: AnnotatedMachine, service: Service, use: Use) -> bool:
    """Return whether `service` may serve the port of `use` without saying so.

    An annotation or the name of an entry links it there, or its program has that port.
    """
    if use.ports is None or annotated.link(use) is not None or _names_port(service, use):
        return True
    for entry in annotated.entries.holding(use.number):
        if service_affinity.affinity(entry, service.name, service.program):
            return True
    for name in (service.program, service.name):
        known = services.by_name(name) if name else None
        if known is not None and any(port.port == use.number for port in known.ports):
            return True
    return False
