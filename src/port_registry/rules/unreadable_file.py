"""A process-compose or Compose file, or a part of it, cannot be read."""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Finding, Severity

NAME: str = "unreadable-file"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each part that could not be read."""
    for machine in project.machines:
        for part in machine.unreadable:
            yield Finding(rule=NAME, severity=SEVERITY, message=part.message, span=part.span)
