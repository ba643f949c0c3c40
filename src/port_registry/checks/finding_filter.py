"""Filter that every finding passes: scope, ignored paths, comments, and the baseline."""

from collections.abc import Callable, Iterable
from functools import cache, partial

from port_registry.model import Finding, Position, Reader, SourceError, Span
from port_registry.project.allow_comments import allowances
from port_registry.project.baseline import Baseline, BaselineComparison, compare_with_baseline
from port_registry.project.path_patterns import Patterns
from port_registry.project.rule_selection import Selection


def filter_findings(
    findings: Iterable[Finding],
    selection: Selection,
    in_scope: Callable[[str], bool],
    baseline: Baseline,
    reader: Reader,
) -> tuple[BaselineComparison, int]:
    """Return the `findings` to report, and the number of those that comments allow.

    They have their severities, are sorted by location without duplicates, and compared with the
    baseline. `in_scope` says whether the run is about a path.
    """
    severity = dict(selection.severity)
    ignores = [(Patterns((pattern,)), rules) for pattern, rules in selection.per_file_ignores]
    allowed_in = cache(partial(_allowed_in, reader))
    kept: list[Finding] = []
    allowed: set[Finding] = set()
    for finding in findings:
        path, rule = finding.span.path, finding.rule
        if not in_scope(path) or any(
            rule in rules and patterns.covers(path) for patterns, rules in ignores
        ):
            continue
        position = _position(finding.span, reader)
        if (rule, position.line) in allowed_in(path):
            allowed.add(finding)
            continue
        kept.append(
            finding.replace(severity=severity.get(rule, finding.severity), position=position)
        )
    distinct: dict[tuple[Span, str, str], Finding] = {}
    for finding in kept:
        distinct.setdefault((finding.span, finding.rule, finding.message), finding)
    ordered = [distinct[place] for place in sorted(distinct)]
    return compare_with_baseline(ordered, baseline, reader), len(allowed)


def _position(span: Span, reader: Reader) -> Position:
    """Return the start of `span`; that of the file where it cannot be read."""
    try:
        return reader.read(span.path).position(span.start)
    except SourceError:
        return Position(1, 1)


def _allowed_in(reader: Reader, path: str) -> frozenset[tuple[str, int]]:
    """Return the rules that comments on or above a line of the file allow, with the line."""
    try:
        source = reader.read(path)
    except SourceError:
        return frozenset()
    return frozenset(
        (name, line)
        for allowance in allowances(source)
        for name, _ in allowance.names
        for line in allowance.lines
    )
