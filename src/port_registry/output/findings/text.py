"""Findings for people: each with the lines that it is about, and a summary."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from port_registry import model
from port_registry.output.code_frame import FrameMark, frame_lines
from port_registry.output.interface import Detail, ReportContext
from port_registry.output.locations import DisplayPaths, Location, location_of
from port_registry.output.terminal import Colour, Screen, counted, escape_controls, wrap

if TYPE_CHECKING:
    from port_registry.checks.baseline_update import BaselineUpdate
    from port_registry.checks.pipeline import Outcome

NAME: str = "text"

_COLOURS = {
    model.Severity.ERROR: Colour.ERROR,
    model.Severity.WARNING: Colour.WARNING,
    model.Severity.NOTE: Colour.NOTE,
}

_MAX_RELATED = 4
_MAX_UNKNOWN = 5


def report(outcome: "Outcome", context: ReportContext) -> str:
    """Return the findings, what is unknown, and the summary."""
    writer = TextReport(context.reader, context.paths, context.screen)
    text = writer.findings(outcome)
    if context.detail is Detail.FULL:
        text += writer.unknowns(outcome.unknown) + writer.notes(outcome)
    else:
        text += writer.first_unknowns(outcome.unknown)
    return text + writer.summary(outcome)


class TextReport:
    """The parts of a report, as text for a screen."""

    def __init__(self, reader: model.Reader, paths: DisplayPaths, screen: Screen) -> None:
        self._reader = reader
        self._paths = paths
        self._screen = screen

    def findings(self, outcome: "Outcome") -> str:
        """Return every finding, an empty line after each."""
        return "".join(f"{self._finding(finding)}\n\n" for finding in outcome.findings)

    def first_unknowns(self, unknowns: tuple[model.Unknown, ...]) -> str:
        """Return a line for each of the first few `unknowns`, and the number of the others."""
        lines = self.unknowns(unknowns[:_MAX_UNKNOWN])
        more = len(unknowns) - _MAX_UNKNOWN
        if more > 0:
            lines += f"and {more} more that cannot be known (`--verbose` shows all)\n"
        return lines

    def unknowns(self, unknowns: Iterable[model.Unknown]) -> str:
        """Return a line for each of `unknowns`."""
        label = self._screen.style("unknown", Colour.WARNING)
        return "".join(f"{label}: {self._unknown(unknown)}\n" for unknown in unknowns)

    def notes(self, outcome: "Outcome") -> str:
        """Return a line for each note, and for what comments and the baseline leave out."""
        note = self._screen.note
        text = "".join(
            note(f"{self._location(item.span)}: {escape_controls(item.message)}")
            for item in (*outcome.notes, *outcome.mentions)
        )
        if outcome.allowed:
            text += note(f"comments allow {counted(outcome.allowed, 'finding')}")
        if unmatched := outcome.split.unmatched.size():
            findings = counted(unmatched, "finding")
            text += note(f"{findings} of the baseline not found (`--update-baseline` drops them)")
        return text

    def summary(self, outcome: "Outcome") -> str:
        """Return the last line: how many findings there are, and how to fix them."""
        style = self._screen.style
        checked = self._checked(outcome)
        if not outcome.findings:
            return f"{style('No findings', Colour.GOOD)} ({checked}).\n"
        counts = Counter(finding.severity for finding in outcome.findings)
        totals = ", ".join(
            style(counted(counts[severity], severity.value), _COLOURS[severity])
            for severity in model.Severity
            if counts[severity]
        )
        return f"Found {totals} ({checked}).{_fix_options(outcome.findings)}\n"

    def invalid_leaves_note(self, registry: model.Registry) -> str:
        """Return the note on leaves that are not entries; empty where there are none."""
        if not registry.invalid_leaves:
            return ""
        values = counted(len(registry.invalid_leaves), "value")
        return self._screen.note(f"left out {values} that cannot be a port (`check` shows them)")

    def unapplied_fixes_note(self) -> str:
        """Return the note on fixes that are left after the last round."""
        return self._screen.note("some fixes are left; run the command again")

    def baseline_update(self, update: "BaselineUpdate") -> str:
        """Return how many findings an update of the baseline accepted or dropped."""
        file = escape_controls(update.display_path)
        summary = f"Accepted {counted(update.left, 'finding')} in {file}"
        if not update.created:
            dropped = counted(update.dropped, "finding")
            summary = f"Dropped {dropped} from {file} ({update.left} left)"
        return f"{self._screen.style(summary, Colour.GOOD)}.\n"

    def fix_summary(self, fixed: tuple[tuple[str, int], ...], verb: str) -> str:
        """Return the number of fixed findings in each file; empty where there are none.

        `verb` is `Fixed` or `Would fix`.
        """
        if not fixed:
            return ""
        counts = [(escape_controls(self._paths.show(path)), number) for path, number in fixed]
        total = counted(sum(number for _, number in counts), "finding")
        files = ", ".join(f"{path} ({number})" for path, number in counts)
        return f"{self._screen.style(f'{verb} {total}', Colour.GOOD)}: {files}.\n"

    def _checked(self, outcome: "Outcome") -> str:
        """Return what was checked: how many entries, and files of each kind."""
        checked = f"{counted(len(outcome.registry.entries), 'entry', 'entries')} in "
        checked += escape_controls(self._paths.show(outcome.registry.path))
        read = [count for count in outcome.counts if count.number]
        for count in read:
            checked += f", {counted(count.number, count.singular, count.plural)}"
        if outcome.unknown:
            checked += f", {len(outcome.unknown)} unknown"
        for fault in outcome.faults:
            checked += f", without {fault.part}, which failed"
        if accepted := outcome.split.matched.size():
            checked += f", {accepted} accepted by the baseline"
        if outcome.mentions:
            files = counted(len(outcome.mentions), "file names", "files name")
            checked += f"; {files} registered ports in a format that is not read (`-v` lists)"
        elif not read:
            checked += "; nothing in this project names a port yet"
        return checked

    def _finding(self, finding: model.Finding) -> str:
        style = self._screen.style
        colour = _COLOURS[finding.severity]
        head = f"{finding.severity.value}[{finding.rule}]"
        message = wrap(escape_controls(finding.message), self._screen.width, len(head) + 2, 2)
        location = location_of(finding.span, self._reader)
        related = [
            (related, location_of(related.span, self._reader))
            for related in finding.related[:_MAX_RELATED]
        ]
        lines_shown = [location.start.line, *(place.start.line for _, place in related)]
        gutter = max(len(str(line)) for line in lines_shown)
        arrow = " " * gutter + style("-->", Colour.FRAME)
        lines = [
            f"{style(head, colour)}: {style(message[0], Colour.STRONG)}",
            *(style(line, Colour.STRONG) for line in message[1:]),
            f"{arrow} {self._place(location)}",
        ]
        if location.source is not None:
            mark = FrameMark("^", colour, "")
            lines += frame_lines(location.source, finding.span, mark, gutter, self._screen)
        for item, place in related:
            lines += self._related(item, place, gutter)
        lines += self._remarks(finding, gutter)
        return "\n".join(lines)

    def _related(self, related: model.Related, location: Location, gutter: int) -> Iterator[str]:
        arrow = " " * gutter + self._screen.style(":::", Colour.FRAME)
        yield f"{arrow} {self._place(location)}"
        if location.source is None:
            yield f"{' ' * gutter} = {escape_controls(related.message)}"
            return
        mark = FrameMark("-", Colour.FRAME, related.message)
        yield from frame_lines(location.source, related.span, mark, gutter, self._screen)

    def _remarks(self, finding: model.Finding, gutter: int) -> Iterator[str]:
        margin = " " * gutter + " " + self._screen.style("=", Colour.FRAME)
        more = len(finding.related) - _MAX_RELATED
        if more > 0:
            yield f"{margin} and {counted(more, 'more place')}"
        if finding.fix is not None:
            option = "--fix" if finding.fix.safety is model.Safety.SAFE else "--unsafe-fixes"
            label = self._screen.style("fix", Colour.STRONG)
            text = f"{escape_controls(finding.fix.message)} (`{option}` does it)"
            indent = gutter + len(" = fix: ")
            first, *rest = wrap(text, self._screen.width, indent, indent)
            yield "\n".join((f"{margin} {label}: {first}", *rest))

    def _unknown(self, unknown: model.Unknown) -> str:
        name = f"`{model.format_name(unknown.name)}` " if unknown.name else ""
        location = self._location(unknown.span)
        return escape_controls(f"{location}: {name}cannot be known: {unknown.reason}")

    def _location(self, span: model.Span) -> str:
        return self._place(location_of(span, self._reader))

    def _place(self, location: Location) -> str:
        path = escape_controls(self._paths.show(location.path))
        return f"{path}:{location.start.line}:{location.start.column}"


def _fix_options(findings: Iterable[model.Finding]) -> str:
    """Return the options that fix some of `findings`, and how many each does."""
    fixes = Counter(finding.fix.safety for finding in findings if finding.fix is not None)
    safe, unsafe = fixes[model.Safety.SAFE], fixes[model.Safety.UNSAFE]
    if safe and unsafe:
        return f" `--fix` removes {safe}, `--fix --unsafe-fixes` {unsafe} more."
    if safe:
        return f" `--fix` removes {safe}."
    return f" `--unsafe-fixes` removes {unsafe}." if unsafe else ""
