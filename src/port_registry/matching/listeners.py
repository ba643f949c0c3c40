"""What the services of a machine listen on."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching.annotation_links import AnnotatedMachine
from port_registry.model import (
    TAKES,
    Endpoint,
    Entry,
    ManagerServer,
    Protocol,
    Service,
    Use,
    port_from_int,
    single,
)
from port_registry.registry.clash import clash

_MANAGER_ADDRESS = "localhost"
"""Where process-compose's server listens unless told otherwise."""


class Listening(NamedTuple):
    """One service on one port."""

    service: Service
    use: Use
    """The first place that names the port."""
    endpoint: Endpoint
    """What it takes once no number is drifted any more."""
    entry: Entry | None
    """The entry that it refers to, or that an annotation gives it."""


def listeners(ties: AnnotatedMachine, service: Service) -> list[Listening]:
    """Return what `service` listens on: one for each port and address, in order."""
    found: dict[Endpoint, Listening] = {}
    for use in service.uses:
        if use.role not in TAKES:
            continue
        endpoint = _endpoint(ties, use)
        if endpoint is None:
            continue
        listening = Listening(service, use, endpoint, ties.entry(use))
        known = found.get(endpoint)
        if known is None or (known.entry is None and listening.entry is not None):
            found[endpoint] = listening
    return list(found.values())


def _endpoint(ties: AnnotatedMachine, use: Use) -> Endpoint | None:
    """Return what `use` listens on once it has the number it should have."""
    port = port_from_int(ties.number(use))
    if port is None:
        return None
    ports = use.ports if use.ports is not None and port == use.number else single(port)
    entry = ties.entry(use)
    protocols = use.protocols
    if not protocols:
        protocols = (Protocol.TCP,) if entry is None else entry.endpoint.protocols
    return Endpoint(ports, protocols, None, use.host)


def on_manager(ties: AnnotatedMachine, server: ManagerServer) -> Iterator[Listening]:
    """Yield the listeners, one a service, that want the port of the supervisor's server."""
    port = port_from_int(server.port)
    if port is None:
        return
    taken = Endpoint(single(port), (Protocol.TCP,), None, _MANAGER_ADDRESS)
    for service in ties.machine.services:
        wanting = [one for one in listeners(ties, service) if clash(one.endpoint, taken)]
        if wanting and not service.disabled:
            yield wanting[0]
