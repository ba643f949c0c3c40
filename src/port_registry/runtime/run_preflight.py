"""Preflight of `run`: whether the command's ports are free, and its environment."""

import os
from collections.abc import Iterable, Iterator, Mapping

from port_registry.model import NamedTuple, Protocol, format_name
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.registry.variables import variables
from port_registry.runtime import port_query, process_compose_cli
from port_registry.runtime.listen_requests import ListenRequest
from port_registry.runtime.port_status import PortOwner, is_on_this_machine, owners_of_listeners
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.sockets import SocketSnapshot, listeners

_PORT_VARIABLE = "PORT"
"""The variable that many programs take their port from, if exactly one is named."""


class BlockedRequest(NamedTuple):
    """A port that the command needs and another process has."""

    request: ListenRequest
    owners: tuple[PortOwner, ...]
    """Empty where none is visible."""


class Preflight(NamedTuple):
    """The result of the checks before a command runs."""

    environment: Mapping[str, str]
    """The command's environment."""
    blocked: tuple[BlockedRequest, ...]
    """The ports that keep it from running."""
    doubt: str
    """Why it may need more ports than were checked; empty where it does not."""


def preflight(workspace: Workspace, names: tuple[str, ...], command: tuple[str, ...]) -> Preflight:
    """Return whether the ports of `command` are free, and its environment.

    They are those of `names`; without names, those that process-compose would take, if that is
    the command, and none otherwise. Raises `UsageError` for a name without entry, and what
    reading the registry raises.
    """
    registry = load_registry(workspace)
    queries = tuple(port_query.resolve_port_query(registry, name) for name in names)
    environment = {**os.environ, **variables(registry.entries)}
    if len(queries) == 1 and queries[0].ports.is_single():
        environment[_PORT_VARIABLE] = str(queries[0].ports.first)
    planned = process_compose_cli.PlannedListeners(tuple(_requests(queries)), "")
    if not queries and process_compose_cli.is_process_compose(command):
        planned = process_compose_cli.planned_listeners(
            workspace, registry, command, os.getcwd(), environment
        )
    return Preflight(environment, tuple(blocked_requests(planned.requests)), planned.doubt)


def _requests(queries: Iterable[port_query.PortQuery]) -> Iterator[ListenRequest]:
    for query in queries:
        if not query.entries:
            yield ListenRequest(query.title, query.ports, (Protocol.TCP,), None)
        for entry in filter(is_on_this_machine, query.entries):
            title = format_name(entry.name)
            yield ListenRequest(title, query.ports, entry.protocols, entry.address)


def blocked_requests(requests: tuple[ListenRequest, ...]) -> Iterator[BlockedRequest]:
    """Yield those of `requests` whose ports are taken."""
    snapshot = listeners() if requests else SocketSnapshot((), complete=True)
    for request in requests:
        conflicts = request.conflicts(snapshot.listeners)
        if conflicts:
            yield BlockedRequest(request, owners_of_listeners(conflicts))
        # Recently closed connections are in the way of few servers, and do not count.
        elif request.probe(complete=snapshot.complete) is BindOutcome.TAKEN:
            yield BlockedRequest(request, owners_of_listeners(request.blocking_connections()))
