"""A firewall opens a port that nobody outside the machine should, or can, use."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.matching.firewall_openings import Opening, opened_places
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project

NAME: str = "firewall-leak"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each place that opens a port needlessly."""
    for openings in opened_places(project):
        entry = openings[0].entry
        message = "" if entry is None else _message(project, openings, entry)
        if entry is not None and message:
            yield model.Finding(
                rule=NAME,
                severity=SEVERITY,
                message=message,
                span=openings[0].use.span,
                entries=(model.format_name(entry.name),),
                related=(model.Related("declared here", entry.value_span),),
            )


def _message(project: Project, openings: list[Opening], entry: model.Entry) -> str:
    """Return what is wrong with the openings of one place; empty where nothing is."""
    name = model.format_name(entry.name)
    if entry.internal:
        if openings[0].use.interface:
            return ""
        return f"{name} is internal in the registry, and the firewall opens it; close it"
    machines = dict.fromkeys(opening.machine for opening in openings)
    if all(_is_loopback_only(project, opening) for opening in openings):
        return (
            f"{name} is opened, and what serves it listens on the loopback address only; close it"
        )
    using = [host.name for host in hosts(project) if entry.name in host.referenced]
    if not using or any(one.use.certainty is not model.Certainty.CERTAIN for one in openings):
        return ""
    if any(_may_use(host, entry) for host in hosts(project) if host.name in machines):
        return ""
    return (
        f"{name} is opened on {', '.join(machines)}, where nothing uses it;"
        f" it is used on {', '.join(using)}"
    )


def _is_loopback_only(project: Project, opening: Opening) -> bool:
    """Return whether all that surely listens on an opened port does so for its own machine."""
    ports = opening.use.ports
    listening = [
        use
        for host in hosts(project)
        if host.name == opening.machine
        for use in host.uses()
        if use.role in model.TAKES and use.ports is not None and ports and use.ports.meets(ports)
    ]
    return bool(listening) and all(
        use.host in _LOOPBACK and use.certainty is model.Certainty.CERTAIN for use in listening
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
