"""Implied conflicts: services whose default port the registry gives to another service."""

from collections.abc import Iterator

from port_registry.facts import services
from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.clashes import backing_entry, may_belong_to
from port_registry.matching.listeners import ServiceListener, listeners
from port_registry.matching.project import Project
from port_registry.model import Certainty, Entry, Name, NamedTuple, PortOrigin, Span
from port_registry.registry.clash import clash

_LAST_SYSTEM_PORT = 1023
"""Entries up to here are named for what is spoken there: `https`, whoever speaks it."""


class ImpliedConflict(NamedTuple):
    """A service on a port that the registry gives to another service."""

    listener: ServiceListener
    entry: Entry


def implied_conflicts(project: Project) -> Iterator[ImpliedConflict]:
    """Yield the services whose default is the port of another's entry, each once."""
    seen = set[tuple[Span, Name]]()
    for annotated in annotated_machines(project):
        for listener, entry in _conflicts_on(annotated):
            key = (listener.use.span, entry.name)
            if key not in seen:
                seen.add(key)
                yield ImpliedConflict(listener, entry)


def _conflicts_on(annotated: AnnotatedMachine) -> Iterator[tuple[ServiceListener, Entry]]:
    """Yield the implied listeners of a machine, with the entries of others that they meet."""
    services = annotated.machine.services
    all_listeners = [listener for service in services for listener in listeners(annotated, service)]
    for listener in all_listeners:
        use = listener.use
        if use.origin is not PortOrigin.IMPLIED or use.certainty is not Certainty.CERTAIN:
            continue
        if backing_entry(annotated, listener) is not None:
            continue
        if _clashes_with_another(all_listeners, listener):
            continue
        for entry in annotated.entries.holding(listener.endpoint.ports.first):
            if _belongs_to_another(annotated, entry, listener):
                yield listener, entry


def _clashes_with_another(all_listeners: list[ServiceListener], listener: ServiceListener) -> bool:
    """Return whether another service is on the port: that is the clash to report."""
    return any(
        other.use.span != listener.use.span
        and other.use.certainty is not Certainty.POSSIBLE
        and clash(other.endpoint, listener.endpoint)
        for other in all_listeners
    )


def _belongs_to_another(
    annotated: AnnotatedMachine, entry: Entry, listener: ServiceListener
) -> bool:
    """Return whether `entry` surely belongs to another service, perhaps of this machine."""
    machine, service = annotated.machine, listener.service
    if entry.endpoint.host not in (None, machine.name) or may_belong_to(entry, service):
        return False
    if not clash(entry.endpoint, listener.endpoint._replace(host=None)):
        return False
    if entry.name not in machine.referenced or entry.endpoint.ports.first <= _LAST_SYSTEM_PORT:
        return False
    known = service_affinity.service_named(service.name.rpartition(".")[2])
    owner = services.service_for(entry.name)
    return known is None or owner is None or service_affinity.are_different_services(known, owner)
