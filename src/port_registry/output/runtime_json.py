"""JSON of the live commands: `status`, `who` and `doctor`.

The shape has a version: while `VERSION` stays, every key keeps its name and meaning, and keys
may be added. Times are seconds since the epoch.
"""

from port_registry.model import Listener, Process, format_name
from port_registry.output.exports.json import endpoint_members
from port_registry.output.json_document import JsonValue, json_document
from port_registry.runtime.doctor.diagnose import Diagnosis
from port_registry.runtime.port_status import PortOwner, PortStatus
from port_registry.runtime.status import PortReport, Status

VERSION = 1


def status_json(status: Status) -> str:
    """Return the object with everything that is declared, and everything that is bound."""
    return json_document(
        {
            "version": VERSION,
            "registry": status.registry.path,
            "host": status.host,
            "complete": status.complete,
            "disagreements": sum(entry.disagrees() for entry in status.statuses),
            "entries": [_port_status(entry) for entry in status.statuses],
            "undeclared": [_owner(owner) for owner in status.undeclared],
        }
    )


def who_json(report: PortReport) -> str:
    """Return the object with the owners of a port."""
    return json_document(
        {
            "version": VERSION,
            "port": report.ports.first,
            "port_end": report.ports.last,
            "complete": report.complete,
            "disagreements": sum(entry.disagrees() for entry in report.statuses),
            "entries": [_port_status(entry) for entry in report.statuses],
            "undeclared": [_owner(owner) for owner in report.undeclared],
            "unlisted": [protocol.value for protocol in report.unlisted],
        }
    )


def diagnosis_json(diagnosis: Diagnosis) -> str:
    """Return the object with the advice of every check."""
    registry = diagnosis.registry
    return json_document(
        {
            "version": VERSION,
            "registry": None if registry is None else registry.path,
            "host": diagnosis.hostname,
            "checks": [
                {
                    "check": name,
                    "level": advice.level.value,
                    "message": advice.message,
                    "remedy": advice.remedy,
                    "entries": [format_name(entry.name) for entry in advice.entries],
                }
                for name, advice in diagnosis.advice
            ],
        }
    )


def _port_status(status: PortStatus) -> JsonValue:
    return {
        **endpoint_members(status.entry),
        "state": status.state.value,
        "reason": status.reason,
        "reach": status.reach.value,
        "disagrees": status.disagrees(),
        "holders": [_owner(owner) for owner in status.owners],
    }


def _owner(owner: PortOwner) -> JsonValue:
    return {
        "state": owner.state.value,
        "reason": owner.reason,
        "user": owner.user or None,
        "listeners": [_listener(listener) for listener in owner.listeners],
        "processes": [_process(process) for process in owner.processes],
        "keepers": [
            {"kind": supervisor.kind.value, "name": supervisor.name, "stop": supervisor.stop}
            for supervisor in owner.supervisors
        ],
    }


def _listener(listener: Listener) -> JsonValue:
    return {
        "protocol": listener.protocol.value,
        "address": listener.address,
        "port": listener.port,
        "takes_ipv4": listener.takes_ipv4,
        "listens": listener.listens,
    }


def _process(process: Process) -> JsonValue:
    return {
        "pid": process.pid,
        "started": process.started,
        "parent": process.parent,
        "user": process.user or None,
        "name": process.name,
        "command": [*process.command],
        "directory": process.directory or None,
    }
