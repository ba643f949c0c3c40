"""An entry's port is one that the system assigns to outgoing connections."""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Entry, Finding, Related, Severity, format_name

NAME: str = "ephemeral-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_MOST_SINGLE = 4
"""The largest number of entries that are reported one by one; more are one series."""


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry in an ephemeral range, or one for a whole series."""
    entries = list(entries_with_fault(project, Fault.EPHEMERAL))
    if len(entries) <= _MOST_SINGLE:
        for entry in entries:
            yield _finding(f"{format_name(entry.name)} = {entry.ports}", [entry])
        return
    first, last = (pick(entry.ports.first for entry in entries) for pick in (min, max))
    yield _finding(f"each of {len(entries)} ports from {first} to {last}", entries)


def _finding(subject: str, entries: list[Entry]) -> Finding:
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{subject} may be taken by any outgoing connection when the service starts; "
        f"choose {'a port' if len(entries) == 1 else 'ports'} below 32768",
        span=entries[0].value_span,
        entries=tuple(format_name(entry.name) for entry in entries),
        related=tuple(Related("and here", entry.value_span) for entry in entries[1:]),
    )
