"""An entry's port is outside the range of its category."""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "outside-range"
SEVERITY: Severity = Severity.NOTE
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry outside its category's ranges."""
    for entry in entries_with_fault(project, Fault.OUTSIDE):
        name = format_name(entry.name)
        ranges = " or ".join(
            str(port_range) for port_range in project.convention.ranges_for(entry.name)
        )
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports} is outside the range of its category,"
            f" {ranges}",
            span=entry.value_span,
            entries=(name,),
        )
