"""An entry has the port of another well-known service."""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault, lender
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "borrowed-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry on another service's port."""
    for entry in entries_with_fault(project, Fault.BORROWED):
        owner = lender(entry)
        if owner is None:
            continue
        name = format_name(entry.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports} is the port of {owner.name}"
            f" ({owner.description}); choose another",
            span=entry.value_span,
            entries=(name,),
        )
