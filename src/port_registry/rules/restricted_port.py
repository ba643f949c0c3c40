"""An entry's port is one that browsers refuse to open."""

from collections.abc import Iterator

from port_registry.facts.restricted import browser_block
from port_registry.matching.port_policy import Fault, blocked_port, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "restricted-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry on a port that browsers refuse."""
    for entry in entries_with_fault(project, Fault.RESTRICTED):
        port = blocked_port(entry)
        block = None if port is None else browser_block(port)
        if block is None:
            continue
        name = format_name(entry.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports}: browsers refuse port {port}"
            f" ({block.service}, {block.reason}); choose another",
            span=entry.value_span,
            entries=(name,),
        )
