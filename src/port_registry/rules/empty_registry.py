"""The registry has no entry that is known, so nothing can be checked."""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, Span

NAME: str = "empty-registry"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for a registry without entries; one with faulty leaves has others."""
    registry = project.registry
    if any(part.registry.entries or part.registry.invalid_leaves for part in project.registries):
        return
    message = f"{registry.path} has no entries, so nothing is checked; add the first one, "
    message += "`port-registry add development.web`"
    if registry.unknown:
        message = (
            f"none of the ports in {registry.path} can be known, so nothing is checked; write them "
            "as numbers"
        )
    yield Finding(rule=NAME, severity=SEVERITY, message=message, span=Span(registry.path, 0, 0))
