"""Two entries of the registry claim the same port."""

from collections.abc import Iterator

from port_registry.matching.duplicate_ports import duplicate_pairs
from port_registry.matching.project import Project
from port_registry.model import Finding, Related, Severity, format_name

NAME: str = "duplicate-port"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry that clashes with an earlier one."""
    for first, later in duplicate_pairs(project.registry):
        names = format_name(first.name), format_name(later.name)
        shared = "port" if later.endpoint.ports.is_single() else "ports"
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{names[1]} has {shared} {later.endpoint.ports}, which {names[0]}"
            f" ({first.endpoint.ports}) claims already; give one of them another port",
            span=later.value_span,
            entries=names,
            related=(Related(f"{names[0]} is declared here", first.value_span),),
        )
