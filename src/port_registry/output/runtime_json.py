"""The machine for programs: what is bound on it, and how it is set up.

The shape is this module's own and has a version: what is there keeps its name and meaning,
and more may be added, as long as `VERSION` stays. Times are seconds since the epoch.
"""

from port_registry.model import Listener, Process, Supervisor, format_name
from port_registry.output.exports.json import endpoint_members
from port_registry.output.json_document import JsonValue, json_document
from port_registry.runtime.doctor.diagnose import Diagnosis
from port_registry.runtime.port_status import PortOwner, PortStatus
from port_registry.runtime.status import Status
from port_registry.runtime.who import PortReport

VERSION = 1


def status_json(found: Status) -> str:
    """Return the object that says what is declared and what is bound."""
    return json_document(
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
    return json_document(
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


def diagnosis_json(found: Diagnosis) -> str:
    """Return the object that says what the checks of a machine came to."""
    return json_document(
        {
            "version": VERSION,
            "registry": None if found.registry is None else found.registry.path,
            "host": found.hostname,
            "checks": [
                {
                    "check": name,
                    "level": advice.level.value,
                    "message": advice.message,
                    "remedy": advice.remedy,
                    "entries": [format_name(entry.name) for entry in advice.entries],
                }
                for name, advice in found.advice
            ],
        }
    )


def _standing(standing: PortStatus) -> JsonValue:
    return {
        **endpoint_members(standing.entry),
        "state": standing.state.value,
        "reason": standing.reason,
        "reach": standing.reach.value,
        "disagrees": standing.disagrees(),
        "holders": [_holder(one) for one in standing.owners],
    }


def _holder(holder: PortOwner) -> JsonValue:
    return {
        "state": holder.state.value,
        "reason": holder.reason,
        "user": holder.user or None,
        "listeners": [_listener(one) for one in holder.listeners],
        "processes": [_process(one) for one in holder.processes],
        "keepers": [_keeper(one) for one in holder.supervisors],
    }


def _listener(one: Listener) -> JsonValue:
    return {
        "protocol": one.protocol.value,
        "address": one.address,
        "port": one.port,
        "takes_ipv4": one.takes_ipv4,
        "listens": one.listens,
    }


def _process(one: Process) -> JsonValue:
    return {
        "pid": one.pid,
        "started": one.started,
        "parent": one.parent,
        "user": one.user or None,
        "name": one.name,
        "command": [*one.command],
        "directory": one.directory or None,
    }


def _keeper(one: Supervisor) -> JsonValue:
    return {"kind": one.kind.value, "name": one.name, "stop": one.stop}
