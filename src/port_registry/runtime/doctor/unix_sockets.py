"""Check for Unix sockets that a server of an entry left.

The next server replaces such a socket when it starts, unless it has no permission, or takes
the old server for running.
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine import unix_sockets
from port_registry.system.machine.unix_sockets import StaleSocket

NAME: str = "unix-sockets"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the sockets on which no process listens."""
    stale_sockets = unix_sockets.read(context.machine)
    for socket in stale_sockets:
        owners = tuple(entry for entry in context.entries if _is_service_of(entry, socket))
        obstacle = _obstacle(socket)
        level = Level.PROBLEM if owners and obstacle else Level.NOTE
        effect = obstacle or "its clients are refused until the next server starts"
        message = f"{socket.service} left {socket.path}, on which nothing listens; {effect}"
        yield Advice(level, message, _remedy(socket), owners)
    if not stale_sockets:
        yield ok("no server left a Unix socket where its clients look for it")


def _obstacle(socket: StaleSocket) -> str:
    """Return why the next server cannot start; empty where it can."""
    if not socket.removable:
        return "it is another user's, and so the next server does not start"
    if socket.lock is not None:
        return (
            f"its lock names process {socket.lock}, which runs, "
            "and so the next server does not start"
        )
    return ""


def _is_service_of(entry: Entry, socket: StaleSocket) -> bool:
    service = service_affinity.service_of_entry(entry)
    if service is None or service.name != socket.service:
        return False
    return socket.port is None or entry.ports.holds(socket.port)


def _remedy(socket: StaleSocket) -> tuple[str, ...]:
    more = f" {socket.path}.lock" if socket.service in ("postgresql", "mysql") else ""
    root = "" if socket.removable else "sudo "
    return (f"`{root}rm -f {socket.path}{more}`",)
