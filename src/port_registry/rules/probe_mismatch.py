"""A probe asks a port that its process does not serve."""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.probe_targets import ProbeMismatch, probe_mismatches
from port_registry.matching.project import Project
from port_registry.model import Edit, Finding, Fix, Related, Safety, Severity, format_name

NAME: str = "probe-mismatch"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_CONSEQUENCES = {
    "readiness": "once it has failed often enough, process-compose stops the process",
    "liveness": "it always fails",
}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each probe on a port that its process does not serve."""
    for annotated in annotated_machines(project):
        for mismatch in probe_mismatches(annotated):
            yield _finding(project, annotated, mismatch)


def _finding(project: Project, annotated: AnnotatedMachine, mismatch: ProbeMismatch) -> Finding:
    use, serving, name = mismatch.use, mismatch.serving, mismatch.service.name
    served = " and ".join(dict.fromkeys(str(listener.endpoint.ports) for listener in serving))
    entries = [listener.entry for listener in serving if listener.entry is not None]
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"the {mismatch.role} probe of {name} asks {use.number}, but {name} serves"
        f" {served}; {_CONSEQUENCES[mismatch.role]}",
        span=use.shown,
        entries=tuple(dict.fromkeys(format_name(entry.name) for entry in entries)),
        related=tuple(Related("served here", listener.use.span) for listener in serving),
        fix=_fix(project, annotated, mismatch),
    )


def _fix(project: Project, annotated: AnnotatedMachine, mismatch: ProbeMismatch) -> Fix | None:
    """Return the fix that lets the probe ask the only port that is served.

    It is safe where the registry has that port, and not the one that the probe asks.
    """
    use, entries = mismatch.use, annotated.entries
    served, *others = {listener.endpoint.ports for listener in mismatch.serving}
    if others or not served.is_single() or use.digits is None:
        return None
    if project.tie_writer.takes_references(use.span.path):
        return None
    is_safe = entries.holding(served.first) and not entries.holding(use.number)
    safety = Safety.SAFE if is_safe else Safety.UNSAFE
    return Fix(f"ask {served}", safety, (Edit(use.digits, str(served)),))
