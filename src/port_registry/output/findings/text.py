"""Findings for people: each with the lines it speaks of, and a word on all of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from port_registry.model import (
    Finding,
    Note,
    Reader,
    Registry,
    Related,
    Safety,
    Severity,
    Unknown,
    format_name,
)
from port_registry.output.code_frame import FrameMark, frame_lines
from port_registry.output.locations import DisplayPaths, Location, location_of
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls, wrap

if TYPE_CHECKING:
    from port_registry.checks.pipeline import Outcome

_COLOURS = {
    Severity.ERROR: Colour.ERROR,
    Severity.WARNING: Colour.WARNING,
    Severity.NOTE: Colour.NOTE,
}

_MOST_RELATED = 4
_STACKS = "stacks"
"""What is counted even where there is none."""

_MOST_UNKNOWN = 5


class TextReport:
    """Writes an outcome as text."""

    def __init__(self, reader: Reader, paths: DisplayPaths, screen: Screen) -> None:
        self._reader = reader
        self._paths = paths
        self._screen = screen

    def findings(self, outcome: "Outcome") -> str:
        """Return every finding, an empty line after each."""
        return "".join(f"{self._finding(finding)}\n\n" for finding in outcome.findings)

    def first_unknowns(self, unknown: tuple[Unknown, ...]) -> str:
        """Return a line for each of the first few of `unknown`, and the number of the others."""
        lines = self.unknowns(unknown[:_MOST_UNKNOWN])
        more = len(unknown) - _MOST_UNKNOWN
        if more > 0:
            lines += f"and {more} more that cannot be known (`--verbose` shows all)\n"
        return lines

    def unknowns(self, unknown: Iterable[Unknown]) -> str:
        """Return a line for each of `first_unknowns`."""
        label = self._screen.style("unknown", Colour.WARNING)
        return "".join(f"{label}: {self._unknown(item)}\n" for item in unknown)

    def notes(self, notes: Iterable[Note]) -> str:
        """Return a line for each of `notes`."""
        label = self._screen.style("note", Colour.NOTE)
        return "".join(
            f"{label}: {self._place(location_of(note.span, self._reader))}:"
            f" {escape_controls(note.message)}\n"
            for note in notes
        )

    def summary(self, outcome: "Outcome") -> str:
        """Return the last line: how many findings there are, and what can be done."""
        paint = self._screen.style
        looked = f"{counted(len(outcome.registry.entries), 'entry', 'entries')} in "
        looked += escape_controls(self._paths.show(outcome.registry.path))
        if not any(kind.key == _STACKS for kind in outcome.counts):
            looked += f", {counted(0, 'stack')}"
        for kind in outcome.counts:
            if kind.number or kind.key == _STACKS:
                looked += f", {counted(kind.number, kind.singular, kind.plural)}"
        if outcome.unknown:
            looked += f", {len(outcome.unknown)} unknown"
        if accepted := outcome.split.met.size():
            looked += f", {accepted} accepted by the baseline"
        if not outcome.findings:
            return f"{paint('No findings', Colour.GOOD)} ({looked}).\n"
        counts = Counter(finding.severity for finding in outcome.findings)
        found = ", ".join(
            paint(counted(counts[severity], severity.value), _COLOURS[severity])
            for severity in Severity
            if counts[severity]
        )
        return f"Found {found} ({looked}).{_remedies(outcome.findings)}\n"

    def allowed_note(self, outcome: "Outcome") -> str:
        """Return the line that says how many findings comments allow, if any."""
        if not outcome.allowed:
            return ""
        label = self._screen.style("note", Colour.NOTE)
        return f"{label}: comments allow {counted(outcome.allowed, 'finding')}\n"

    def unmatched_baseline_note(self, outcome: "Outcome") -> str:
        """Return the line that says how much of the baseline was not found, if any."""
        gone = outcome.split.unmet.size()
        if not gone:
            return ""
        label = self._screen.style("note", Colour.NOTE)
        findings = counted(gone, "finding")
        return f"{label}: {findings} of the baseline not found (`--update-baseline` drops them)\n"

    def invalid_leaves_note(self, registry: Registry) -> str:
        """Return the line that says how many leaves are no entries, if any."""
        if not registry.invalid_leaves:
            return ""
        label = self._screen.style("note", Colour.NOTE)
        leaves = counted(len(registry.invalid_leaves), "value")
        return f"{label}: left out {leaves} that cannot be a port (`check` shows them)\n"

    def unapplied_fixes_note(self) -> str:
        """Return the line for fixes that are still left after the last round."""
        label = self._screen.style("note", Colour.NOTE)
        return f"{label}: some fixes are left; run the command again\n"

    def fix_summary(self, fixed: tuple[tuple[str, int], ...], did: str) -> str:
        """Return the line that says how many findings were fixed in which files, if any.

        `did` says what happened to them: `Fixed`, `Would fix`.
        """
        if not fixed:
            return ""
        counts = [(escape_controls(self._paths.show(path)), count) for path, count in fixed]
        total = counted(sum(count for _, count in counts), "finding")
        files = ", ".join(f"{path} ({count})" for path, count in counts)
        return f"{self._screen.style(f'{did} {total}', Colour.GOOD)}: {files}.\n"

    def _finding(self, finding: Finding) -> str:
        paint = self._screen.style
        colour = _COLOURS[finding.severity]
        head = f"{finding.severity.value}[{finding.rule}]"
        message = wrap(escape_controls(finding.message), self._screen.width, len(head) + 2, 2)
        place = location_of(finding.span, self._reader)
        shown = finding.related[:_MOST_RELATED]
        related = [(item, location_of(item.span, self._reader)) for item in shown]
        gutter = max(len(str(each.start.line)) for each in (place, *(at for _, at in related)))
        arrow = " " * gutter + paint("-->", Colour.FRAME)
        lines = [
            f"{paint(head, colour)}: {paint(message[0], Colour.STRONG)}",
            *(paint(line, Colour.STRONG) for line in message[1:]),
            f"{arrow} {self._place(place)}",
        ]
        if place.source is not None:
            mark = FrameMark("^", colour, "")
            lines += frame_lines(place.source, finding.span, mark, gutter, self._screen)
        for item, at in related:
            lines += self._related(item, at, gutter)
        lines += self._remarks(finding, gutter)
        return "\n".join(lines)

    def _related(self, related: Related, place: Location, gutter: int) -> Iterator[str]:
        sign = " " * gutter + self._screen.style(":::", Colour.FRAME)
        yield f"{sign} {self._place(place)}"
        if place.source is None:
            yield f"{' ' * gutter} = {escape_controls(related.message)}"
            return
        mark = FrameMark("-", Colour.FRAME, related.message)
        yield from frame_lines(place.source, related.span, mark, gutter, self._screen)

    def _remarks(self, finding: Finding, gutter: int) -> Iterator[str]:
        sign = " " * gutter + " " + self._screen.style("=", Colour.FRAME)
        more = len(finding.related) - _MOST_RELATED
        if more > 0:
            yield f"{sign} and {counted(more, 'more place')}"
        if finding.fix is not None:
            option = "--fix" if finding.fix.safety is Safety.SAFE else "--unsafe-fixes"
            label = self._screen.style("fix", Colour.STRONG)
            text = f"{escape_controls(finding.fix.message)} (`{option}` does it)"
            indent = gutter + len(" = fix: ")
            first, *rest = wrap(text, self._screen.width, indent, indent)
            yield "\n".join((f"{sign} {label}: {first}", *rest))

    def _unknown(self, unknown: Unknown) -> str:
        place = self._place(location_of(unknown.span, self._reader))
        name = f"`{format_name(unknown.name)}` " if unknown.name else ""
        return escape_controls(f"{place}: {name}cannot be known: {unknown.reason}")

    def _place(self, place: Location) -> str:
        path = escape_controls(self._paths.show(place.path))
        return f"{path}:{place.start.line}:{place.start.column}"


def _remedies(findings: Iterable[Finding]) -> str:
    fixes = Counter(finding.fix.safety for finding in findings if finding.fix is not None)
    safe, unsafe = fixes[Safety.SAFE], fixes[Safety.UNSAFE]
    if safe and unsafe:
        return f" `--fix` removes {safe}, `--fix --unsafe-fixes` {unsafe} more."
    if safe:
        return f" `--fix` removes {safe}."
    return f" `--unsafe-fixes` removes {unsafe}." if unsafe else ""
