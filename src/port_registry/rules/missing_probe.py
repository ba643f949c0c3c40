"""A process waits for another one that can never become healthy."""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.readiness_probe_fix import readiness_probe_fix
from port_registry.model import Finding, ProbeKind, Related, Service, Severity, StartCondition

NAME: str = "missing-probe"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each dependency on a process that can never become healthy."""
    for annotated in annotated_machines(project):
        for process in annotated.machine.services:
            for dependency in process.dependencies:
                target = annotated.services.get(dependency.service)
                if target is None or dependency.condition is not StartCondition.HEALTHY:
                    continue
                if reason := _reason(process, target):
                    yield Finding(
                        rule=NAME,
                        severity=SEVERITY,
                        message=f"{process.name} waits for {target.name} to be healthy, but"
                        f" {target.name} {reason}",
                        span=dependency.span,
                        related=(Related(f"{target.name} is defined here", target.span),),
                        fix=readiness_probe_fix(project, annotated, target, dependency),
                    )


def _reason(process: Service, target: Service) -> str:
    """Return why `target` never becomes healthy, and the consequence; empty where it may."""
    if target.readiness is None and target.liveness is None:
        return f"has no probe, so process-compose refuses the file or never starts {process.name}"
    if target.readiness is None:
        return f"has only a liveness probe, so {process.name} waits for ever"
    if target.readiness.check is ProbeKind.NOTHING:
        return f"has an empty readiness probe, so {process.name} waits for ever"
    return ""
