"""A known service listens on a port that the registry gives to another one.

## Why
Clients of the entry talk to the wrong service. Only services that are known beyond doubt on
both sides are compared, by program and by the entry's name; a stand-in (valkey on redis's
port) and a proxy are in order. Such a number is not reported as hardcoded or drifted too,
and where the two services clash in one stack, only `port-clash` is reported.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 5432;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: redis-server --port 6379
```

## Good
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 5432;
}
```
```yaml process-compose.yaml
processes:
  valkey:
    # Port from lib/ports.nix: databases.redis = 6379
    command: valkey-server --port 6379
```

## Fixed
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.clashes import clashes_on
from port_registry.matching.project import Project
from port_registry.model import (
    TAKES,
    Annotation,
    Edit,
    Entry,
    Finding,
    Fix,
    Related,
    Safety,
    Severity,
    Use,
    format_name,
)

NAME: str = "wrong-service"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each process and entry that do not belong together."""
    for ties in annotated_machines(project):
        clashing = {
            (listener.service.name, listener.use.number)
            for clash in clashes_on(ties)
            for listener in (clash.blamed, clash.other)
        }
        seen = set[tuple[str, str]]()
        for process in ties.machine.services:
            for use in process.uses:
                entry = _foreign(ties, use)
                if entry is None or (process.name, use.number) in clashing:
                    continue
                name = format_name(entry.name)
                if (process.name, name) not in seen:
                    seen.add((process.name, name))
                    yield _finding(ties, use, entry)


def _foreign(ties: AnnotatedMachine, use: Use) -> Entry | None:
    """Return the entry of another service that `use` sits on, if it surely does."""
    if use.role not in TAKES:
        return None
    if use.entry or ties.link(use) is not None:
        entry = ties.entry(use)
        return (
            entry
            if entry is not None and service_affinity.conflicting_services(entry, use.program)
            else None
        )
    entries = ties.entries.holding(use.number)
    if not entries or not all(
        service_affinity.conflicting_services(entry, use.program) for entry in entries
    ):
        return None
    return entries[0]


def _finding(ties: AnnotatedMachine, use: Use, entry: Entry) -> Finding:
    name = format_name(entry.name)
    tie = ties.link(use)
    if tie is None or not tie.stale:
        message = f"{use.service} runs {use.program} on {use.number}, the port of {name}"
        span, fix = use.digits or use.span, None
    else:
        annotation = tie.target.annotation
        message = f"the comment gives {use.service}, which runs {use.program}, the port of {name}"
        span, fix = annotation.name_span, _fix(ties, use, annotation)
    related = (Related("declared here", entry.value_span),)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(name,),
        related=related,
        fix=fix,
    )


def _fix(ties: AnnotatedMachine, use: Use, annotation: Annotation) -> Fix | None:
    """Return the fix that names the entry of the program itself, where it has the number."""
    program = service_affinity.service_of_program(use.program)
    for entry in ties.entries.holding(use.number):
        service = service_affinity.service_of_entry(entry)
        if (
            program is None
            or service is None
            or service_affinity.are_different_services(program, service)
        ):
            continue
        name = format_name(entry.name)
        edits = [Edit(annotation.name_span, name)]
        if annotation.digits is not None and annotation.number != use.number:
            edits.append(Edit(annotation.digits, str(use.number)))
        return Fix(f"write {name}", Safety.SAFE, tuple(edits))
    return None
