"""Probes that ask a port which their process does not serve."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.facts import services
from port_registry.model.port import Protocol
from port_registry.model.use import Use
from port_registry.rules import kin
from port_registry.rules.listeners import Listener, listeners
from port_registry.rules.ties import Ties
from port_registry.sources.process_compose.project import Probe, Process


class Kind(Enum):
    """Which of a process's probes."""

    READINESS = "readiness"
    LIVENESS = "liveness"


class Mismatch(NamedTuple):
    """A probe that asks the wrong port."""

    process: Process
    kind: Kind
    use: Use
    serving: tuple[Listener, ...]
    """What the process does listen on over TCP; at least one."""


def mismatches(ties: Ties) -> Iterator[Mismatch]:
    """Yield the mismatches of a stack, in order."""
    for process in ties.stack.processes:
        probes = ((Kind.READINESS, process.readiness), (Kind.LIVENESS, process.liveness))
        for kind, probe in probes:
            if probe is None or not probe.local or process.varying:
                continue
            serving = tuple(
                listener
                for listener in listeners(ties, process)
                if Protocol.TCP in listener.endpoint.protocols
            )
            if serving and _is_mismatch(ties, process, probe, serving):
                yield Mismatch(process, kind, probe.uses[0], serving)


def _is_mismatch(ties: Ties, process: Process, probe: Probe, serving: tuple[Listener, ...]) -> bool:
    """Tell whether no port that `probe` asks is, or could be, one of its process."""
    served = {listener.endpoint.ports for listener in serving}
    return bool(probe.uses) and not any(
        any(ports.first <= ties.number(use) <= ports.last for ports in served)
        or _is_own(ties, process, use)
        for use in probe.uses
    )


def _is_own(ties: Ties, process: Process, use: Use) -> bool:
    """Tell whether `process` may serve the port of `use` without saying so.

    An annotation or the name of an entry ties it there, or its program has that port.
    """
    if use.ports is None or ties.of(use) is not None:
        return True
    for entry in ties.entries.holding(use.number):
        if kin.kinship(entry, process.name, process.program):
            return True
    for name in (process.program, process.name):
        service = services.by_name(name) if name else None
        if service is not None and any(port.port == use.number for port in service.ports):
            return True
    return False
