"""A number is used as a port and is not a valid one."""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.use_sites import UseSite
from port_registry.model import (
    MAX_PORT,
    TAKES,
    Finding,
    Flaw,
    InvalidLeaf,
    Role,
    Severity,
    Span,
    format_name,
)

NAME: str = "invalid-port"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_REASONS = {
    Flaw.OUT_OF_BOUNDS: "is outside 1 to 65535",
    Flaw.NOT_A_PORT: "is not a valid port, which is a whole number from 1 to 65535",
    Flaw.REVERSED: "is a range whose end is below its start",
}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that is not a valid port."""
    for leaf in project.registry.invalid_leaves:
        if leaf.flaw in _REASONS:
            yield _invalid_leaf(leaf)
    seen = set[Span]()
    for annotated in annotated_machines(project):
        for site in annotated.sites:
            if _is_invalid(site) and site.span not in seen:
                seen.add(site.span)
                yield _invalid_site(site, annotated.machine.kind.service_noun)


def _invalid_leaf(leaf: InvalidLeaf) -> Finding:
    name = format_name(leaf.name)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{name} = {leaf.text} {_REASONS[leaf.flaw]}",
        span=leaf.span,
        entries=(name,),
    )


def _is_invalid(site: UseSite) -> bool:
    """Return whether the number surely is meant as a port, and is not a valid one."""
    roles = {use.role for use in site.uses} - {Role.REPEATS}
    if site.number == 0:
        return bool(roles) and roles.isdisjoint(TAKES)
    if site.number > MAX_PORT:
        return bool(roles) or site.is_called_port()
    return bool(roles) and site.number < 0


def _invalid_site(site: UseSite, noun: str) -> Finding:
    service = site.uses[0].service
    owner = f" of {noun} {service}" if service else ""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"port {site.number}{owner} is outside 1 to 65535",
        span=site.span,
    )
