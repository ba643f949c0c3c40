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

    def conflicts(self, listeners: Iterable[Listener]) -> tuple[Listener, ...]:
        """Return those of `listeners` that are in the way."""
        return tuple(
            listener
            for listener in listeners
            if self.ports.holds(listener.port)
            and listener.protocol in self.protocols
            and overlap(self.address, listener)
        )

    def probe(self, *, complete: bool) -> BindOutcome:
        """Return the worst outcome of binding the ports, which have no known listener.

        Where every listener is known (`complete`), only connections can hold a port. In a
        range that is common, and nothing is probed; elsewhere the first ports of the range are.
        """
        first, last = self.ports.first, self.ports.last
        if complete and not self.ports.is_single():
            return BindOutcome.FREE
        outcome = BindOutcome.FREE
        for number in range(first, min(last + 1, first + MAX_PROBED_PORTS)):
            for protocol in self.protocols:
                bound = probe_bind(Port(number), protocol, self.address)
                if bound is BindOutcome.TAKEN:
                    return bound
                outcome = outcome if bound is BindOutcome.FREE else bound
        return outcome

    def blocking_connections(self) -> tuple[Listener, ...]:
        """Return the connections that hold a single port on which nothing listens."""
        if not self.ports.is_single():
            return ()
        return self.conflicts(connected_sockets(self.ports.first))
