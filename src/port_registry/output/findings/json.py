"""Findings and entries for programs.

The shape is this module's own and has a version: what is there keeps its name and meaning,
and more may be added, as long as `VERSION` stays. Paths are relative to the project's root,
lines and columns count from 1, columns in code points, and an end is behind the last one.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from port_registry.model import Edit, Entry, Finding, Fix, Reader, Span, Unknown, format_name
from port_registry.output.locations import location_of

if TYPE_CHECKING:
    from port_registry.checks.pipeline import Outcome

VERSION = 1

_ALWAYS = {"stacks": 0, "nix_files": 0, "hosts": 0}
"""What is counted even where there is none."""

_Value = None | str | int | list["_Value"] | dict[str, "_Value"]


def outcome_json(outcome: "Outcome", reader: Reader) -> str:
    """Return the object that says what a check came to."""
    return _dump(
        {
            "version": VERSION,
            "registry": outcome.registry.path,
            "findings": [_finding(finding, reader) for finding in outcome.findings],
            "unknown": [_unknown(unknown, reader) for unknown in outcome.unknown],
            "checked": {
                "entries": len(outcome.registry.entries),
                **_ALWAYS,
                **{counted.key: counted.number for counted in outcome.counts},
            },
            "allowed": outcome.allowed,
            "accepted": outcome.split.met.size(),
        }
    )


def entries_json(entries: Iterable[Entry], reader: Reader) -> str:
    """Return the list of `entries`, in their order."""
    return _dump([_entry(entry, reader) for entry in entries])


def _dump(value: _Value) -> str:
    return json.dumps(value, indent=2) + "\n"


def _finding(finding: Finding, reader: Reader) -> _Value:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        **_place(finding.span, reader),
        "entries": [*finding.entries],
        "related": [
            {"message": related.message, **_place(related.span, reader)}
            for related in finding.related
        ],
        "fix": None if finding.fix is None else _fix(finding.fix, reader),
    }


def _fix(fix: Fix, reader: Reader) -> _Value:
    return {
        "message": fix.message,
        "safety": fix.safety.value,
        "edits": [_edit(edit, reader) for edit in fix.edits],
    }


def _edit(edit: Edit, reader: Reader) -> _Value:
    return {"text": edit.text, **_place(edit.span, reader)}


def _unknown(unknown: Unknown, reader: Reader) -> _Value:
    name = format_name(unknown.name) if unknown.name else None
    return {"name": name, "reason": unknown.reason, **_place(unknown.span, reader)}


def _entry(entry: Entry, reader: Reader) -> _Value:
    ports = entry.endpoint.ports
    place = location_of(entry.name_span, reader)
    return {
        "name": format_name(entry.name),
        "port": ports.first,
        "port_end": ports.last,
        "protocols": [protocol.value for protocol in entry.endpoint.protocols],
        "host": entry.endpoint.host,
        "address": entry.endpoint.address,
        "description": entry.description,
        "path": place.path,
        "line": place.start.line,
        "column": place.start.column,
    }


def _place(span: Span, reader: Reader) -> dict[str, _Value]:
    place = location_of(span, reader)
    return {
        "path": place.path,
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    }
