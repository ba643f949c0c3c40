"""Findings as JSON, for programs.

The shape has a version: while `VERSION` stays, every key keeps its name and meaning, and keys
may be added. Paths are relative to the project's root; lines and columns count from 1, columns
in code points, and an end is after the last one.
"""

from typing import TYPE_CHECKING

from port_registry.model import Finding, Fix, Reader, Span, Unknown, format_name
from port_registry.output.interface import ReportContext
from port_registry.output.json_document import JsonValue, json_document
from port_registry.output.locations import location_of

if TYPE_CHECKING:
    from port_registry.checks.pipeline import Outcome

NAME: str = "json"

VERSION = 1

_ALWAYS_COUNTED = {"stacks": 0, "nix_files": 0, "hosts": 0}
"""The keys that are there even where nothing of the kind was read."""


def report(outcome: "Outcome", context: ReportContext) -> str:
    """Return the object with the findings, and with what was checked."""
    reader = context.reader
    return json_document(
        {
            "version": VERSION,
            "registry": outcome.registry.path,
            "findings": [_finding(finding, reader) for finding in outcome.findings],
            "unknown": [_unknown(unknown, reader) for unknown in outcome.unknown],
            "checked": {
                "entries": len(outcome.registry.entries),
                **_ALWAYS_COUNTED,
                **{count.key: count.number for count in outcome.counts},
            },
            "mentions": [note.span.path for note in outcome.mentions],
            "allowed": outcome.allowed,
            "accepted": outcome.split.matched.size(),
            "bugs": [
                {"part": fault.part, "place": fault.place(), "error": repr(fault.error)}
                for fault in outcome.faults
            ],
        }
    )


def _finding(finding: Finding, reader: Reader) -> JsonValue:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        **_location(finding.span, reader),
        "entries": [*finding.entries],
        "related": [
            {"message": related.message, **_location(related.span, reader)}
            for related in finding.related
        ],
        "fix": None if finding.fix is None else _fix(finding.fix, reader),
    }


def _fix(fix: Fix, reader: Reader) -> JsonValue:
    return {
        "message": fix.message,
        "safety": fix.safety.value,
        "edits": [{"text": edit.text, **_location(edit.span, reader)} for edit in fix.edits],
    }


def _unknown(unknown: Unknown, reader: Reader) -> JsonValue:
    name = format_name(unknown.name) if unknown.name else None
    return {"name": name, "reason": unknown.reason, **_location(unknown.span, reader)}


def _location(span: Span, reader: Reader) -> dict[str, JsonValue]:
    location = location_of(span, reader)
    return {
        "path": location.path,
        "line": location.start.line,
        "column": location.start.column,
        "end_line": location.end.line,
        "end_column": location.end.column,
    }
