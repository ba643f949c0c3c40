"""Probe targets: probes that ask a port which their service does not serve."""

from collections.abc import Iterator

from port_registry.facts import services, words
from port_registry.facts.identifiers import split
from port_registry.matching import annotated_machines, service_affinity
from port_registry.matching.listeners import ServiceListener, listeners
from port_registry.model import NamedTuple, Probe, Protocol, Role, Service, Use

_SECONDARY_WORDS = words.word_set("names", "second-flags")
"""Words of variables and flags for ports next to a service's first one: `METRICS_PORT`."""


class ProbeMismatch(NamedTuple):
    """A probe that asks the wrong port."""

    service: Service
    role: str
    """`readiness` or `liveness`."""
    use: Use
    serving: tuple[ServiceListener, ...]
    """The service's listeners over TCP; at least one."""


def probe_mismatches(annotated: annotated_machines.AnnotatedMachine) -> Iterator[ProbeMismatch]:
    """Yield the mismatches of a machine, in order."""
    for service in annotated.machine.services:
        for role, probe in (("readiness", service.readiness), ("liveness", service.liveness)):
            if probe is None or not probe.local or service.varying:
                continue
            serving = tuple(
                listener
                for listener in listeners(annotated, service)
                if Protocol.TCP in listener.endpoint.protocols
            )
            # A probe may ask the first port of a service of which only second ones are known.
            is_known = any(
                _SECONDARY_WORDS.isdisjoint(split(listener.use.label)) for listener in serving
            )
            if is_known and _is_mismatch(annotated, service, probe, serving):
                yield ProbeMismatch(service, role, probe.uses[0], serving)


def _is_mismatch(
    annotated: annotated_machines.AnnotatedMachine,
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


def _may_serve(annotated: annotated_machines.AnnotatedMachine, service: Service, use: Use) -> bool:
    """Return whether `service` may serve the port of `use` without saying so.

    An annotation or the name of an entry links it there, or its program has that port.
    """
    if use.ports is None or annotated.link(use) is not None:
        return True
    if any(
        other.number == use.number and other.role in (Role.LISTENS, Role.REPEATS)
        for other in service.uses
    ):
        return True
    if any(
        service_affinity.affinity(entry, service.name, service.program)
        for entry in annotated.entries.holding(use.number)
    ):
        return True
    known = [services.by_name(name) for name in (service.program, service.name) if name]
    return any(port.port == use.number for one in known if one is not None for port in one.ports)
