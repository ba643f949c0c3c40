"""Defaults of services that are another service's port in the registry."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts import services
from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine, annotated_machines
from port_registry.matching.clashes import backing_entry, may_be_of
from port_registry.matching.listeners import Listening, listeners
from port_registry.matching.project import Project
from port_registry.model import Certainty, Entry, Name, PortOrigin, Span
from port_registry.registry.clash import clash

_LAST_SYSTEM_PORT = 1023
"""Entries up to here are named for what is spoken there: `https`, whoever speaks it."""


class ImpliedConflict(NamedTuple):
    """A service on a port that the registry gives to another."""

    listening: Listening
    entry: Entry


def implied_conflicts(project: Project) -> Iterator[ImpliedConflict]:
    """Yield the services whose default is the port of another's entry, each once."""
    seen = set[tuple[Span, Name]]()
    for ties in annotated_machines(project):
        taken = [one for service in ties.machine.services for one in listeners(ties, service)]
        for listening in taken:
            use = listening.use
            if use.origin is not PortOrigin.IMPLIED or use.certainty is not Certainty.CERTAIN:
                continue
            if backing_entry(ties, listening) is not None or _is_met(taken, listening):
                continue
            for entry in ties.entries.holding(listening.endpoint.ports.first):
                if _is_anothers(ties, entry, listening) and (use.span, entry.name) not in seen:
                    seen.add((use.span, entry.name))
                    yield ImpliedConflict(listening, entry)


def _is_met(taken: list[Listening], listening: Listening) -> bool:
    """Return whether another service is on the port: that is the clash to report."""
    return any(
        other.use.span != listening.use.span
        and other.use.certainty is not Certainty.POSSIBLE
        and clash(other.endpoint, listening.endpoint)
        for other in taken
    )


def _is_anothers(ties: AnnotatedMachine, entry: Entry, listening: Listening) -> bool:
    """Return whether `entry` is surely another service's, and may be one of this machine."""
    machine, service = ties.machine, listening.service
    if entry.endpoint.host not in (None, machine.name) or may_be_of(entry, service):
        return False
    if not clash(entry.endpoint, listening.endpoint._replace(host=None)):
        return False
    if entry.name not in machine.referenced or entry.endpoint.ports.first <= _LAST_SYSTEM_PORT:
        return False
    mine = service_affinity.service_named(service.name.rpartition(".")[2])
    theirs = services.service_for(entry.name)
    return mine is None or theirs is None or service_affinity.are_different_services(mine, theirs)
