"""What stands in the way of someone who wants to listen."""

from typing import NamedTuple

from port_registry.model import Listener, Port, PortRange, Protocol
from port_registry.runtime.address_match import overlap
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.sockets import SocketSnapshot, connected_sockets

MAX_PROBED_PORTS = 100
"""How many ports of a range are tried."""


class ListenRequest(NamedTuple):
    """Ports that someone wants to listen on."""

    title: str
    """Whose they are, for people."""
    ports: PortRange
    protocols: tuple[Protocol, ...]
    address: str | None
    """None for any."""


def conflicting_listeners(claim: ListenRequest, sockets: SocketSnapshot) -> tuple[Listener, ...]:
    """Return what of `sockets` has a port that `claim` wants, on an address of its."""
    ports = claim.ports
    return tuple(
        one
        for one in sockets.listeners
        if ports.first <= one.port <= ports.last
        and one.protocol in claim.protocols
        and overlap(claim.address, one)
    )


def probe_request(claim: ListenRequest, *, complete: bool) -> BindOutcome:
    """Return what trying the ports of `claim` comes to, the worst of them.

    Nobody listens there that is known of. Where that is everybody (`complete`), what else keeps
    a port is a connection's own; in a range that is usual, and nothing is tried. Elsewhere the
    first ports of it are.
    """
    found = BindOutcome.FREE
    ports = claim.ports
    if complete and not ports.is_single():
        return found
    for number in range(ports.first, min(ports.last + 1, ports.first + MAX_PROBED_PORTS)):
        for protocol in claim.protocols:
            match probe_bind(Port(number), protocol, claim.address):
                case BindOutcome.TAKEN:
                    return BindOutcome.TAKEN
                case BindOutcome.LINGERING:
                    found = BindOutcome.LINGERING
                case BindOutcome.FREE:
                    pass
    return found


def blocking_connections(claim: ListenRequest) -> tuple[Listener, ...]:
    """Return the connections that keep a single port, where nothing listens."""
    if not claim.ports.is_single():
        return ()
    return conflicting_listeners(
        claim, SocketSnapshot(connected_sockets(claim.ports.first), complete=True)
    )
