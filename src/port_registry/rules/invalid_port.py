"""A number is used as a port and is not a valid one."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.use_sites import UseSite

NAME: str = "invalid-port"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True

_REASONS = {
    model.Flaw.OUT_OF_BOUNDS: "is outside 1 to 65535",
    model.Flaw.NOT_A_PORT: "is not a valid port, which is a whole number from 1 to 65535",
    model.Flaw.REVERSED: "is a range whose end is below its start",
}


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each number that is not a valid port."""
    for leaf in project.registry.invalid_leaves:
        if leaf.flaw in _REASONS:
            name = model.format_name(leaf.name)
            yield _finding(f"{name} = {leaf.text} {_REASONS[leaf.flaw]}", leaf.span, name)
    seen = set[model.Span]()
    for annotated in annotated_machines(project):
        for site in annotated.sites:
            if _is_invalid(site) and site.span not in seen:
                seen.add(site.span)
                service = site.uses[0].service
                owner = f" of {annotated.machine.kind.service_noun} {service}" if service else ""
                yield _finding(f"port {site.number}{owner} is outside 1 to 65535", site.span)


def _finding(message: str, span: model.Span, *entries: str) -> model.Finding:
    return model.Finding(rule=NAME, severity=SEVERITY, message=message, span=span, entries=entries)


def _is_invalid(site: UseSite) -> bool:
    """Return whether the number surely is meant as a port, and is not a valid one."""
    roles = {use.role for use in site.uses} - {model.Role.REPEATS}
    if site.number == 0:
        return bool(roles) and roles.isdisjoint(model.TAKES)
    if site.number > model.MAX_PORT:
        return bool(roles) or site.is_called_port()
    return bool(roles) and site.number < 0
