"""A process listens on the port of process-compose's own server."""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.listeners import ServiceListener, listeners_on_manager
from port_registry.matching.project import Project
from port_registry.model import Finding, ManagerServer, Related, Severity, format_name

NAME: str = "manager-clash"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each process that wants the server's port."""
    for annotated in annotated_machines(project):
        server = annotated.machine.manager
        if server is not None:
            for listener in listeners_on_manager(annotated, server):
                yield _finding(listener, server)


def _finding(listener: ServiceListener, server: ManagerServer) -> Finding:
    name, entry = listener.service.name, listener.entry
    by_default = " unless told otherwise" if server.span is None else ""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{name} listens on {server.port}, which process-compose's own server"
        f" takes{by_default}; move one of them",
        span=listener.use.shown,
        entries=() if entry is None else (format_name(entry.name),),
        related=() if server.span is None else (Related("the server's port", server.span),),
    )
