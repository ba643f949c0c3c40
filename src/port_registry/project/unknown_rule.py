"""A comment allows a rule that does not exist."""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Finding, MachineKind, Severity, SourceError, Span
from port_registry.project.allow_comments import allowances
from port_registry.project.did_you_mean import suggest

NAME: str = "unknown-rule"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each unknown rule in comments of the files that are read."""
    from port_registry.project.rule_selection import rule_names

    known = rule_names()
    files = {file.path for file in project.files}
    for machine in project.machines:
        if machine.kind is not MachineKind.HOST:
            files.update(machine.files)
    for path in sorted({project.registry.path, *files}):
        try:
            source = project.reader.read(path)
        except SourceError:
            continue
        for allowance in allowances(source):
            for name, start in allowance.names:
                if name not in known:
                    message = f"the comment allows `{name}`, which is not a rule: "
                    span = Span(path, start, start + len(name))
                    yield Finding(
                        rule=NAME,
                        severity=SEVERITY,
                        message=message + suggest(name, known),
                        span=span,
                    )
