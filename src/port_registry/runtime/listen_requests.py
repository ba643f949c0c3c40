"""Ports that a service is to listen on, and what is in the way."""

from collections.abc import Iterable

from port_registry.model import Listener, NamedTuple, Port, PortRange, Protocol
from port_registry.runtime.address_match import overlap
from port_registry.system.bind_probe import BindOutcome, probe_bind
from port_registry.system.sockets import connected_sockets

MAX_PROBED_PORTS = 100
"""How many ports of a range are probed."""


class ListenRequest(NamedTuple):
    """Ports that a service is to listen on."""

    title: str
    """The service, for people."""
    ports: PortRange
    protocols: tuple[Protocol, ...]
    address: str | None
    """None for any address."""


def conflicting_listeners(
    request: ListenRequest, listeners: Iterable[Listener]
) -> tuple[Listener, ...]:
    """Return those of `listeners` that are in the way of `request`."""
    return tuple(
        listener
        for listener in listeners
        if request.ports.holds(listener.port)
        and listener.protocol in request.protocols
        and overlap(request.address, listener)
    )


def probe_request(request: ListenRequest, *, complete: bool) -> BindOutcome:
    """Return the worst outcome of binding the ports of `request`, which has no known listener.

    Where every listener is known (`complete`), only connections can hold a port. In a range
    that is common, and nothing is probed; elsewhere the first ports of the range are.
    """
    ports = request.ports
    outcome = BindOutcome.FREE
    if complete and not ports.is_single():
        return outcome
    for number in range(ports.first, min(ports.last + 1, ports.first + MAX_PROBED_PORTS)):
        for protocol in request.protocols:
            bound = probe_bind(Port(number), protocol, request.address)
            if bound is BindOutcome.TAKEN:
                return bound
            outcome = outcome if bound is BindOutcome.FREE else bound
    return outcome


def blocking_connections(request: ListenRequest) -> tuple[Listener, ...]:
    """Return the connections that hold a single port on which nothing listens."""
    if not request.ports.is_single():
        return ()
    return conflicting_listeners(request, connected_sockets(request.ports.first))
