"""A firewall opens a port that nobody outside the machine should, or can, use."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.matching.firewall_openings import OpenedPlace, Opening, opened_places
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project

NAME: str = "firewall-leak"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each place that opens a port needlessly."""
    for place in opened_places(project):
        opening = place.first
        entry = opening.entry
        if entry is None:
            continue
        if entry.internal:
            if not opening.use.interface:
                yield _internal_finding(entry, opening)
        elif _is_unused(project, place, entry):
            yield _unused_finding(project, place, entry)


def _internal_finding(entry: model.Entry, opening: Opening) -> model.Finding:
    name = model.format_name(entry.name)
    message = f"{name} is internal in the registry, and the firewall opens it; close it"
    return _finding(message, entry, opening.use.span)


def _unused_finding(project: Project, place: OpenedPlace, entry: model.Entry) -> model.Finding:
    using = [host.name for host in hosts(project) if entry.name in host.referenced]
    opening = dict.fromkeys(opening.machine for opening in place.openings)
    message = (
        f"{model.format_name(entry.name)} is opened on {', '.join(opening)}, where nothing uses it;"
        f" it is used on {', '.join(using)}"
    )
    return _finding(message, entry, place.first.use.span)


def _finding(message: str, entry: model.Entry, span: model.Span) -> model.Finding:
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(model.format_name(entry.name),),
        related=(model.Related("declared here", entry.value_span),),
    )


def _is_unused(project: Project, place: OpenedPlace, entry: model.Entry) -> bool:
    """Return whether `entry` is opened at `place` where only other hosts use it."""
    names = {opening.machine for opening in place.openings}
    opening = [host for host in hosts(project) if host.name in names]
    others = [host for host in hosts(project) if host.name not in names]
    return (
        all(opening.use.certainty is model.Certainty.CERTAIN for opening in place.openings)
        and any(entry.name in host.referenced for host in others)
        and not any(_may_use(host, entry) for host in opening)
    )


def _may_use(host: model.Machine, entry: model.Entry) -> bool:
    """Return whether something on `host` may listen on the port of `entry`."""
    if not host.name or not host.complete or entry.name in host.referenced:
        return True
    words = set(split(entry.service))
    return any(
        (use.ports is not None and use.ports.meets(entry.endpoint.ports))
        or words & set(split(use.service))
        for use in host.uses()
        if use.role is model.Role.LISTENS
    )
