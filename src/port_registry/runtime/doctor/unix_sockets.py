"""Unix sockets that a server of an entry left behind.

The next server takes the place of one when it starts, unless it may not, or believes that the
other one still runs.
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine import unix_sockets
from port_registry.system.machine.unix_sockets import StaleSocket

NAME: str = "unix-sockets"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the sockets on which nobody listens."""
    found = unix_sockets.read(case.machine)
    for one in found:
        owners = tuple(entry for entry in case.entries if _is_of(entry, one))
        obstacle = _obstacle(one)
        level = Level.PROBLEM if owners and obstacle else Level.NOTE
        about = obstacle or "who connects to it is refused until the next one starts"
        message = f"{one.service} left {one.path} behind, on which nobody listens; {about}"
        yield Advice(level, message, _remedy(one), owners)
    if not found:
        yield ok("no server left a Unix socket behind where its clients look for it")


def _obstacle(one: StaleSocket) -> str:
    """Return why the next server cannot start; empty where it can."""
    if not one.removable:
        return "it is another user's, and so the next one does not start"
    if one.lock is not None:
        return f"its lock names process {one.lock}, which runs, and so the next one does not start"
    return ""


def _is_of(entry: Entry, one: StaleSocket) -> bool:
    service = service_affinity.service_of_entry(entry)
    if service is None or service.name != one.service:
        return False
    ports = entry.endpoint.ports
    return one.port is None or ports.first <= one.port <= ports.last


def _remedy(one: StaleSocket) -> tuple[str, ...]:
    more = f" {one.path}.lock" if one.service in ("postgresql", "mysql") else ""
    root = "" if one.removable else "sudo "
    return (f"`{root}rm -f {one.path}{more}`",)
