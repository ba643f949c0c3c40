"""Listeners: the ports that the services of a machine listen on."""

from collections.abc import Iterator
from itertools import islice

from port_registry import model
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.registry.clash import clash

_MANAGER_ADDRESS = "localhost"
"""The default address of a supervisor's own server."""


class ServiceListener(model.NamedTuple):
    """One service on one port."""

    service: model.Service
    use: model.Use
    """The first place that names the port."""
    endpoint: model.Endpoint
    """The endpoint that it takes once no number is stale any more."""
    entry: model.Entry | None
    """The entry that it refers to, or that an annotation links it to."""


def listeners(annotated: AnnotatedMachine, service: model.Service) -> list[ServiceListener]:
    """Return the listeners of `service`: one for each port and address, in order."""
    by_endpoint: dict[model.Endpoint, ServiceListener] = {}
    for use in service.uses:
        endpoint = _endpoint(annotated, use) if use.role in model.TAKES else None
        if endpoint is None:
            continue
        listener = ServiceListener(service, use, endpoint, annotated.entry(use))
        known = by_endpoint.setdefault(endpoint, listener)
        if known.entry is None and listener.entry is not None:
            by_endpoint[endpoint] = listener
    return list(by_endpoint.values())


def _endpoint(annotated: AnnotatedMachine, use: model.Use) -> model.Endpoint | None:
    """Return the endpoint that `use` takes once it has the number that it should have."""
    port = model.port_from_int(annotated.expected_number(use))
    if port is None:
        return None
    ports = use.ports if use.ports is not None and port == use.number else model.single(port)
    entry = annotated.entry(use)
    expected = (model.Protocol.TCP,) if entry is None else entry.protocols
    return model.Endpoint(ports, use.protocols or expected, None, use.host)


def listeners_on_manager(
    annotated: AnnotatedMachine, server: model.ManagerServer
) -> Iterator[ServiceListener]:
    """Yield the listeners, one for each service, that want the port of the supervisor's server."""
    port = model.port_from_int(server.port)
    if port is None:
        return
    manager = model.Endpoint(model.single(port), (model.Protocol.TCP,), None, _MANAGER_ADDRESS)
    for service in annotated.machine.services:
        clashing = (one for one in listeners(annotated, service) if clash(one.endpoint, manager))
        if not service.disabled:
            yield from islice(clashing, 1)
