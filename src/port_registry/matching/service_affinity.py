"""Service affinity: how surely a process and an entry belong to the same service.

Names are people's own, so affinity is graded; a rule asks for as much as it needs.
"""

from collections.abc import Iterable

from port_registry.facts import services
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.model import Entry

EQUAL = 3
"""The affinity of an entry and a process with the same name."""

_PROXIES = (
    "caddy dnsmasq docker envoy haproxy kubectl nginx pgbouncer pgcat podman socat ssh sshd"
    " traefik varnish varnishd"
)
"""Programs that listen in the name of another service as a matter of course."""

_SERVERS = word_set("services", "server-categories")
"""Categories of services that are finished products, not frameworks for one's own programs."""

_SUFFIXES = ("", "-server", "d")
"""The suffixes that a server's program adds to the service's name."""


def service_of_program(program: str) -> KnownService | None:
    """Return the service that `program` is the server of, if that is certain."""
    if program in _PROXIES.split():
        return None
    service = service_named(program)
    return service if service is not None and service.category in _SERVERS else None


def service_named(program: str) -> KnownService | None:
    """Return the service that `program` is named for: `redis-server`, `mysqld`."""
    for suffix in _SUFFIXES:
        stem = program.removesuffix(suffix)
        service = services.service_for((stem,)) if stem else None
        if service is not None:
            return service
    return None


def service_of_entry(entry: Entry) -> KnownService | None:
    """Return the well-known service that `entry` is certainly named for."""
    return services.service_for(entry.name)


def are_different_services(first: KnownService, second: KnownService) -> bool:
    """Return whether two services are surely different.

    Where one stands in for the other, as valkey does for redis, they share a port.
    """
    if first.name == second.name:
        return False
    ports = {port.port for port in first.ports}
    return not any(port.port in ports for port in second.ports)


def conflicting_services(entry: Entry, program: str) -> tuple[KnownService, KnownService] | None:
    """Return the services of `program` and of `entry` where they surely conflict.

    They are different then, and the entry's port is not one of the program's own.
    """
    of_program, of_entry = service_of_program(program), service_of_entry(entry)
    if of_program is None or of_entry is None:
        return None
    if not are_different_services(of_program, of_entry):
        return None
    ports = entry.endpoint.ports
    if any(ports.holds(port.port) for port in of_program.ports):
        return None
    return of_program, of_entry


def affinity(entry: Entry, process: str, program: str) -> int:
    """Return a grade of how surely `entry` belongs to `process`, which runs `program`.

    `EQUAL` where their names are equal, 2 where they are the same well-known service, 1 where
    they share a word, 0 where nothing speaks for it.
    """
    if normalise(entry.service) in (normalise(process), normalise(program)):
        return EQUAL
    service = service_of_entry(entry)
    if service is not None:
        of_process = service_of_program(program) or service_named(process)
        if of_process is not None and of_process.name == service.name:
            return 2
    words = set(split(entry.service))
    return 1 if words & {*split(process), *split(program)} else 0


def closest(entries: Iterable[Entry], process: str, program: str) -> Entry | None:
    """Return the entry with the highest affinity to `process`; None where several have it."""
    graded = sorted(
        ((affinity(entry, process, program), entry) for entry in entries),
        key=lambda pair: pair[0],
        reverse=True,
    )
    if not graded:
        return None
    if len(graded) > 1 and graded[0][0] == graded[1][0]:
        return None
    return graded[0][1]
