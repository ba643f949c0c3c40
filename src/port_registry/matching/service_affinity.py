"""Service affinity: how surely a process and an entry belong to the same service.

Names are people's own, so affinity is graded; a rule asks for as much as it needs.
"""

from collections.abc import Iterable

from port_registry.facts.identifiers import normalise, split
from port_registry.facts.services import KnownService, service_for
from port_registry.facts.words import word_set
from port_registry.model import TAKES, Entry, Use

EQUAL = 3
"""The affinity of an entry and a process with the same name."""

_STAND_INS = word_set("services", "stand-ins")
"""Programs that listen in the name of another service."""

_SERVERS = word_set("services", "server-categories")
"""Categories of services that are finished products, not frameworks for one's own programs."""

_SUFFIXES = ("", "-server", "d")
"""The suffixes that a server's program adds to the service's name."""


def service_of_program(program: str) -> KnownService | None:
    """Return the service that `program` is the server of, if that is certain."""
    if program in _STAND_INS:
        return None
    service = service_named(program)
    return service if service is not None and service.category in _SERVERS else None


def service_named(program: str) -> KnownService | None:
    """Return the service that `program` is named for: `redis-server`, `mysqld`."""
    stems = (program.removesuffix(suffix) for suffix in _SUFFIXES)
    named = (service_for((stem,)) for stem in stems if stem)
    return next((service for service in named if service is not None), None)


def service_of_entry(entry: Entry) -> KnownService | None:
    """Return the well-known service that `entry` is certainly named for."""
    return service_for(entry.name)


def are_different_services(first: KnownService, second: KnownService) -> bool:
    """Return whether two services are surely different.

    Where one stands in for the other, as valkey does for redis, they share a port.
    """
    ports = {port.port for port in first.ports}
    return first.name != second.name and ports.isdisjoint(port.port for port in second.ports)


def conflicts(entry: Entry, program: str) -> bool:
    """Return whether the services of `program` and of `entry` surely conflict.

    They are different then, and the entry's port is not one of the program's own.
    """
    of_program, of_entry = service_of_program(program), service_of_entry(entry)
    if of_program is None or of_entry is None:
        return False
    is_own = any(entry.ports.holds(port.port) for port in of_program.ports)
    return not is_own and are_different_services(of_program, of_entry)


def is_taken_by_another(entry: Entry, uses: Iterable[Use]) -> bool:
    """Return whether one of `uses` takes the port of `entry` for a service that conflicts."""
    return any(use.role in TAKES and conflicts(entry, use.program) for use in uses)


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
    graded = [(affinity(entry, process, program), entry) for entry in entries]
    highest = max((grade for grade, _ in graded), default=0)
    best = [entry for grade, entry in graded if grade == highest]
    return best[0] if len(best) == 1 else None
