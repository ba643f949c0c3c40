"""Defaults of services that are another service's port in the registry."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts import services
from port_registry.matching import service_affinity
from port_registry.matching.host_listeners import backed, entries, is_kin
from port_registry.matching.project import Project
from port_registry.model import Entry, Name, Span
from port_registry.registry.clash import clash
from port_registry.sources.nix.fleet import Certainty, Host, HostListener, PortOrigin

_LAST_SYSTEM_PORT = 1023
"""Entries up to here are named for what is spoken there: `https`, whoever speaks it."""


class ImpliedConflict(NamedTuple):
    """A service on a port that the registry gives to another."""

    listener: HostListener
    entry: Entry


def taken(project: Project) -> Iterator[ImpliedConflict]:
    """Yield the services whose default is the port of another's entry, each once."""
    known = entries(project)
    seen = set[tuple[Span, Name]]()
    for host in project.fleet.hosts:
        for listener in host.listeners:
            if listener.how is not PortOrigin.IMPLIED or listener.sureness is not Certainty.CERTAIN:
                continue
            if backed(known, listener) is not None or _is_met(host, listener):
                continue
            for entry in known.holding(host.name, listener.endpoint.ports.first):
                if not _is_anothers(entry, listener, host):
                    continue
                if (listener.span, entry.name) not in seen:
                    seen.add((listener.span, entry.name))
                    yield ImpliedConflict(listener, entry)


def _is_met(host: Host, listener: HostListener) -> bool:
    """Return whether another service of the host is on the port: that is the clash to report."""
    return any(
        other.span != listener.span
        and other.sureness is not Certainty.POSSIBLE
        and clash(other.endpoint, listener.endpoint)
        for other in host.listeners
    )


def _is_anothers(entry: Entry, listener: HostListener, host: Host) -> bool:
    """Return whether `entry` is surely another service's, and may be one of this host."""
    if entry.endpoint.host not in (None, host.name) or is_kin(entry, listener):
        return False
    if not clash(entry.endpoint, listener.endpoint._replace(host=None)):
        return False
    if entry.name not in host.uses or entry.endpoint.ports.first <= _LAST_SYSTEM_PORT:
        return False
    mine = service_affinity.service_named(listener.service.rpartition(".")[2])
    theirs = services.service_for(entry.name)
    return mine is None or theirs is None or service_affinity.are_different_services(mine, theirs)
