"""Findings for programs.

The shape is this module's own and has a version: what is there keeps its name and meaning,
and more may be added, as long as `VERSION` stays. Paths are relative to the project's root,
lines and columns count from 1, columns in code points, and an end is behind the last one.
"""

from typing import TYPE_CHECKING

from port_registry.model import Edit, Finding, Fix, Reader, Span, Unknown, format_name
from port_registry.output.json_document import JsonValue, json_document
from port_registry.output.locations import location_of

if TYPE_CHECKING:
    from port_registry.checks.pipeline import Outcome

VERSION = 1

_ALWAYS = {"stacks": 0, "nix_files": 0, "hosts": 0}
"""What is counted even where there is none."""


def outcome_json(outcome: "Outcome", reader: Reader) -> str:
    """Return the object that says what a check came to."""
    return json_document(
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


def _finding(finding: Finding, reader: Reader) -> JsonValue:
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


def _fix(fix: Fix, reader: Reader) -> JsonValue:
    return {
        "message": fix.message,
        "safety": fix.safety.value,
        "edits": [_edit(edit, reader) for edit in fix.edits],
    }


def _edit(edit: Edit, reader: Reader) -> JsonValue:
    return {"text": edit.text, **_place(edit.span, reader)}


def _unknown(unknown: Unknown, reader: Reader) -> JsonValue:
    name = format_name(unknown.name) if unknown.name else None
    return {"name": name, "reason": unknown.reason, **_place(unknown.span, reader)}


def _place(span: Span, reader: Reader) -> dict[str, JsonValue]:
    place = location_of(span, reader)
    return {
        "path": place.path,
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    }
