"""Filter that every finding passes: scope, ignored paths, comments, and the baseline."""

from collections.abc import Callable, Iterable

from port_registry.model import Finding, NamedTuple, Position, Reader, SourceError, Span
from port_registry.project.allow_comments import allowances
from port_registry.project.baseline import Baseline, BaselineComparison, compare_with_baseline
from port_registry.project.path_patterns import Patterns
from port_registry.project.rule_selection import Selection


class FilteredFindings(NamedTuple):
    """The findings that passed the filter."""

    split: BaselineComparison
    """The findings, sorted by location, without duplicates, compared with the baseline."""
    allowed: int
    """The number of findings that comments allow."""


def filter_findings(
    findings: Iterable[Finding],
    selection: Selection,
    in_scope: Callable[[str], bool],
    baseline: Baseline,
    reader: Reader,
) -> FilteredFindings:
    """Return the `findings` to report, with their severities.

    `in_scope` says whether the run is about a path.
    """
    severity = dict(selection.severity)
    ignores = [(Patterns((pattern,)), rules) for pattern, rules in selection.per_file_ignores]
    comments = _Comments(reader)
    kept: list[Finding] = []
    allowed: set[Finding] = set()
    for finding in findings:
        path, rule = finding.span.path, finding.rule
        if not in_scope(path) or any(
            rule in rules and patterns.covers(path) for patterns, rules in ignores
        ):
            continue
        if comments.allow(finding):
            allowed.add(finding)
            continue
        position = _position(finding.span, reader)
        kept.append(
            finding.replace(severity=severity.get(rule, finding.severity), position=position)
        )
    ordered = sorted(_distinct(kept), key=_order)
    return FilteredFindings(compare_with_baseline(ordered, baseline, reader), len(allowed))


def _position(span: Span, reader: Reader) -> Position:
    """Return the start of `span`; that of the file where it cannot be read."""
    try:
        return reader.read(span.path).position(span.start)
    except SourceError:
        return Position(1, 1)


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Return `findings` without those that repeat a message at the same span."""
    first: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.span, finding.message), finding)
    return list(first.values())


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    span = finding.span
    return (span.path, span.start, span.end, finding.rule, finding.message)


class _Comments:
    """The rules that comments allow, read file by file on first use."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._allowed: dict[str, frozenset[tuple[str, int]]] = {}

    def allow(self, finding: Finding) -> bool:
        """Return whether a comment on or above the finding's line allows its rule."""
        path = finding.span.path
        allowed = self._allowed.get(path)
        if allowed is None:
            allowed = self._allowed[path] = self._read(path)
        if not allowed:
            return False
        line = self._reader.read(path).position(finding.span.start).line
        return (finding.rule, line) in allowed

    def _read(self, path: str) -> frozenset[tuple[str, int]]:
        try:
            source = self._reader.read(path)
        except SourceError:
            return frozenset()
        return frozenset(
            (name, line)
            for allowance in allowances(source)
            for name, _ in allowance.names
            for line in allowance.lines
        )
