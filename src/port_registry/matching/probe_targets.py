"""Probes that ask a port which their process does not serve."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine
from port_registry.matching.listeners import Listening, listeners
from port_registry.model import Probe, Protocol, Role, Service, Use

_SECOND = word_set("names", "second-flags")
"""Words of variables and flags for ports that a process has beside its first one."""


class ProbeRole(Enum):
    """Which of a process's probes."""

    READINESS = "readiness"
    LIVENESS = "liveness"


class Mismatch(NamedTuple):
    """A probe that asks the wrong port."""

    process: Service
    kind: ProbeRole
    use: Use
    serving: tuple[Listening, ...]
    """What the process does listen on over TCP; at least one."""


def mismatches(ties: AnnotatedMachine) -> Iterator[Mismatch]:
    """Yield the mismatches of a stack, in order."""
    for process in ties.machine.services:
        probes = ((ProbeRole.READINESS, process.readiness), (ProbeRole.LIVENESS, process.liveness))
        for kind, probe in probes:
            if probe is None or not probe.local or process.varying:
                continue
            serving = tuple(
                listener
                for listener in listeners(ties, process)
                if Protocol.TCP in listener.endpoint.protocols
            )
            told = any(not _is_aside(listener.use) for listener in serving)
            if told and _is_mismatch(ties, process, probe, serving):
                yield Mismatch(process, kind, probe.uses[0], serving)


def _is_mismatch(
    ties: AnnotatedMachine, process: Service, probe: Probe, serving: tuple[Listening, ...]
) -> bool:
    """Return whether no port that `probe` asks is, or could be, one of its process."""
    served = {listener.endpoint.ports for listener in serving}
    return bool(probe.uses) and not any(
        any(ports.first <= ties.number(use) <= ports.last for ports in served)
        or _is_own(ties, process, use)
        for use in probe.uses
    )


def _is_aside(use: Use) -> bool:
    """Return whether a port is a second one of its process, as that of `METRICS_PORT` is.

    The first one is not known then, and a probe may ask it.
    """
    return any(word in _SECOND for word in split(use.label))


def _is_named_beside(process: Service, use: Use) -> bool:
    """Return whether `process` names the number of `use` where it may be what it serves."""
    return any(
        other.number == use.number and other.role in (Role.LISTENS, Role.REPEATS)
        for other in process.uses
    )


def _is_own(ties: AnnotatedMachine, process: Service, use: Use) -> bool:
    """Return whether `process` may serve the port of `use` without saying so.

    An annotation or the name of an entry ties it there, or its program has that port.
    """
    if use.ports is None or ties.of(use) is not None or _is_named_beside(process, use):
        return True
    for entry in ties.entries.holding(use.number):
        if service_affinity.affinity(entry, process.name, process.program):
            return True
    for name in (process.program, process.name):
        service = services.by_name(name) if name else None
        if service is not None and any(port.port == use.number for port in service.ports):
            return True
    return False
