"""Before a command is run: its ports are free, and its environment has the registry's."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from port_registry.model import Protocol, format_name
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.registry.variables import variables
from port_registry.runtime.listen_requests import (
    ListenRequest,
    blocking_connections,
    conflicting_listeners,
    probe_request,
)
from port_registry.runtime.port_query import PortQuery, resolve_port_query
from port_registry.runtime.port_status import PortOwner, is_on_this_machine, owners_of_listeners
from port_registry.runtime.process_compose_cli import (
    PlannedListeners,
    is_process_compose,
    planned_listeners,
)
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.sockets import SocketSnapshot, listeners

_OWN = "PORT"


class BlockedRequest(NamedTuple):
    """A port that the command needs and somebody else has."""

    request: ListenRequest
    owners: tuple[PortOwner, ...]
    """Empty where who it is cannot be seen."""


class Preflight(NamedTuple):
    """What was found out before the command runs."""

    environment: Mapping[str, str]
    """The command's."""
    blocked: tuple[BlockedRequest, ...]
    """What keeps it from running."""
    doubt: str
    """Why it may need more ports than were looked at; empty where nothing speaks for it."""


def preflight(workspace: Workspace, names: tuple[str, ...], command: tuple[str, ...]) -> Preflight:
    """Return whether `command` can have its ports, and the environment that it gets.

    They are those of `names`; without any, those of what process-compose would start, if that
    is the command, and none otherwise. Raises `UsageError` for a name that is none, and what
    reading the registry raises.
    """
    registry = load_registry(workspace)
    asked = tuple(resolve_port_query(registry, name) for name in names)
    environment = {**os.environ, **variables(registry.entries), **_own(asked)}
    needed = PlannedListeners(tuple(_claims(asked)), "")
    if not asked and is_process_compose(command):
        needed = planned_listeners(workspace, registry, command, os.getcwd(), environment)
    return Preflight(environment, tuple(blocked_requests(needed.requests)), needed.doubt)


def _own(asked: tuple[PortQuery, ...]) -> dict[str, str]:
    """Return the variable that programs take their own port from, where one is named."""
    if len(asked) != 1 or not asked[0].ports.is_single():
        return {}
    return {_OWN: str(asked[0].ports.first)}


def _claims(asked: Iterable[PortQuery]) -> Iterator[ListenRequest]:
    for one in asked:
        if not one.entries:
            yield ListenRequest(one.title, one.ports, (Protocol.TCP,), None)
        for entry in filter(is_on_this_machine, one.entries):
            endpoint = entry.endpoint
            title = format_name(entry.name)
            yield ListenRequest(title, one.ports, endpoint.protocols, endpoint.address)


def blocked_requests(claims: tuple[ListenRequest, ...]) -> Iterator[BlockedRequest]:
    """Yield the claims that cannot be met now."""
    sockets = listeners() if claims else SocketSnapshot((), complete=True)
    for claim in claims:
        found = conflicting_listeners(claim, sockets)
        # What was closed a moment ago is nobody, and hinders almost no server.
        if not found and probe_request(claim, complete=sockets.complete) is BindOutcome.TAKEN:
            yield BlockedRequest(claim, owners_of_listeners(blocking_connections(claim)))
        elif found:
            yield BlockedRequest(claim, owners_of_listeners(found))
