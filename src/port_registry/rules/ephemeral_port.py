"""An entry's port is one that the system assigns to outgoing connections."""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "ephemeral-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry in an ephemeral range."""
    for entry in entries_with_fault(project, Fault.EPHEMERAL):
        name = format_name(entry.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports} may be taken by any outgoing connection when"
            " the service starts; choose a port below 32768",
            span=entry.value_span,
            entries=(name,),
        )
