"""What is bound, for programs.

The shape is this module's own and has a version: what is there keeps its name and meaning,
and more may be added, as long as `VERSION` stays. Times are seconds since the epoch.
"""

import json

from port_registry.model import Listener, Process, Supervisor, format_name
from port_registry.runtime.port_status import PortOwner, PortStatus
from port_registry.runtime.status import Status
from port_registry.runtime.who import PortReport

VERSION = 1

_Value = None | str | int | float | list["_Value"] | dict[str, "_Value"]


def status_json(found: Status) -> str:
    """Return the object that says what is declared and what is bound."""
    return _dump(
        {
            "version": VERSION,
            "registry": found.registry.path,
            "host": found.host,
            "complete": found.complete,
            "disagreements": sum(one.disagrees() for one in found.statuses),
            "entries": [_standing(one) for one in found.statuses],
            "undeclared": [_holder(one) for one in found.undeclared],
        }
    )


def who_json(found: PortReport) -> str:
    """Return the object that says who is on a port."""
    return _dump(
        {
            "version": VERSION,
            "port": found.ports.first,
            "port_end": found.ports.last,
            "complete": found.complete,
            "disagreements": sum(one.disagrees() for one in found.statuses),
            "entries": [_standing(one) for one in found.statuses],
            "undeclared": [_holder(one) for one in found.undeclared],
            "unlisted": [one.value for one in found.unlisted],
        }
    )


def _dump(value: _Value) -> str:
    return json.dumps(value, indent=2) + "\n"


def _standing(standing: PortStatus) -> _Value:
    entry = standing.entry
    return {
        "name": format_name(entry.name),
        "port": entry.endpoint.ports.first,
        "port_end": entry.endpoint.ports.last,
        "protocols": [protocol.value for protocol in entry.endpoint.protocols],
        "host": entry.endpoint.host,
        "address": entry.endpoint.address,
        "state": standing.state.value,
        "reason": standing.reason,
        "reach": standing.reach.value,
        "disagrees": standing.disagrees(),
        "holders": [_holder(one) for one in standing.owners],
    }


def _holder(holder: PortOwner) -> _Value:
    return {
        "state": holder.state.value,
        "reason": holder.reason,
        "user": holder.user or None,
        "listeners": [_listener(one) for one in holder.listeners],
        "processes": [_process(one) for one in holder.processes],
        "keepers": [_keeper(one) for one in holder.supervisors],
    }


def _listener(one: Listener) -> _Value:
    return {
        "protocol": one.protocol.value,
        "address": one.address,
        "port": one.port,
        "takes_ipv4": one.takes_ipv4,
        "listens": one.listens,
    }


def _process(one: Process) -> _Value:
    return {
        "pid": one.pid,
        "started": one.started,
        "parent": one.parent,
        "user": one.user or None,
        "name": one.name,
        "command": [*one.command],
        "directory": one.directory or None,
    }


def _keeper(one: Supervisor) -> _Value:
    return {"kind": one.kind.value, "name": one.name, "stop": one.stop}
