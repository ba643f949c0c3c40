"""Before a command is run: its ports are free, and its environment has the registry's."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from port_registry.model.entry import format_name
from port_registry.model.port import Protocol
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.registry.variables import variables
from port_registry.runtime.listen_requests import ListenRequest, connections, holders, vacancy_of
from port_registry.runtime.port_status import PortOwner, holders_of, is_of_this_machine
from port_registry.runtime.process_compose_cli import Starting, is_process_compose, starting
from port_registry.runtime.project_listeners import WantedPort, wanted
from port_registry.system.sockets import Sockets, listeners
from port_registry.system.vacancy import Vacancy

_OWN = "PORT"


class Refusal(NamedTuple):
    """A port that the command needs and somebody else has."""

    claim: ListenRequest
    holders: tuple[PortOwner, ...]
    """Empty where who it is cannot be seen."""


class Ready(NamedTuple):
    """What was found out before the command runs."""

    environment: Mapping[str, str]
    """The command's."""
    refusals: tuple[Refusal, ...]
    """What keeps it from running."""
    doubt: str
    """Why it may need more ports than were looked at; empty where nothing speaks for it."""


def prepare(workspace: Workspace, names: tuple[str, ...], command: tuple[str, ...]) -> Ready:
    """Return whether `command` can have its ports, and the environment that it gets.

    They are those of `names`; without any, those of what process-compose would start, if that
    is the command, and none otherwise. Raises `UsageError` for a name that is none, and what
    reading the registry raises.
    """
    registry = load_registry(workspace)
    asked = tuple(wanted(registry, name) for name in names)
    environment = {**os.environ, **variables(registry.entries), **_own(asked)}
    needed = Starting(tuple(_claims(asked)), "")
    if not asked and is_process_compose(command):
        needed = starting(workspace, registry, command, os.getcwd(), environment)
    return Ready(environment, tuple(refusals(needed.claims)), needed.doubt)


def _own(asked: tuple[WantedPort, ...]) -> dict[str, str]:
    """Return the variable that programs take their own port from, where one is named."""
    if len(asked) != 1 or not asked[0].ports.is_single():
        return {}
    return {_OWN: str(asked[0].ports.first)}


def _claims(asked: Iterable[WantedPort]) -> Iterator[ListenRequest]:
    for one in asked:
        if not one.entries:
            yield ListenRequest(one.title, one.ports, (Protocol.TCP,), None)
        for entry in filter(is_of_this_machine, one.entries):
            endpoint = entry.endpoint
            title = format_name(entry.name)
            yield ListenRequest(title, one.ports, endpoint.protocols, endpoint.address)


def refusals(claims: tuple[ListenRequest, ...]) -> Iterator[Refusal]:
    """Yield the claims that cannot be met now."""
    sockets = listeners() if claims else Sockets((), complete=True)
    for claim in claims:
        found = holders(claim, sockets)
        # What was closed a moment ago is nobody, and hinders almost no server.
        if not found and vacancy_of(claim, complete=sockets.complete) is Vacancy.TAKEN:
            yield Refusal(claim, holders_of(connections(claim)))
        elif found:
            yield Refusal(claim, holders_of(found))
