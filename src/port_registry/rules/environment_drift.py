"""A service has different ports in the files of two environments."""

from collections.abc import Iterator

from port_registry.matching.environments import Drift, drifts
from port_registry.matching.project import Project
from port_registry.model import Finding, Related, Severity, format_name

NAME: str = "environment-drift"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that differs between environments."""
    yield from map(_finding, drifts(project))


def _finding(drift: Drift) -> Finding:
    outlier = drift.outlier()
    others = [number for number in drift.numbers if number is not outlier]
    other = next(number for number in others if number.number != outlier.number)
    entry = other.entry if outlier.entry is None else None
    origin = f", as {format_name(entry.name)} in the registry" if entry is not None else ""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{outlier.label} has {outlier.number} here and {other.number} in"
        f" {other.path}{origin}; use one port in every environment",
        span=outlier.span,
        entries=() if entry is None else (format_name(entry.name),),
        related=tuple(Related(f"{number.number} here", number.span) for number in others),
    )
