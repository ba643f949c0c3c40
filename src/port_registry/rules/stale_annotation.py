"""A number that an annotation ties to an entry is not the entry's port.

## Why
The registry has moved on and this place has not, so the processes of the stack no longer
find each other. Each place is reported: the number that the comment repeats, the numbers of
its process that it ties, and, in other processes of the stack, the numbers that connect to
the port a process has left. The fix writes the entry's port and touches nothing else; where
something else can be meant as well, it is marked unsafe. A comment that gives a process the
entry of another known service is `wrong-service`'s. In a Nix file, a number under such a
comment is reported where it is the one that the comment repeats, or the only one there.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6380;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    readiness_probe:
      exec:
        command: redis-cli -p 6379 ping
```

## Good
```nix lib/ports.nix
{
  databases.redis = 6380;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6380
    command: redis-server --port 6380
    readiness_probe:
      exec:
        command: redis-cli -p 6380 ping
```

## Fixed
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6380
    command: redis-server --port 6380
    readiness_probe:
      exec:
        command: redis-cli -p 6380 ping
```
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotationLink, annotated_stacks
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.nix_annotations import NixMark, nix_marks
from port_registry.matching.project import Project
from port_registry.model import (
    Edit,
    Entry,
    Finding,
    Fix,
    Related,
    Role,
    Safety,
    Severity,
    Span,
    format_name,
)
from port_registry.sources.nix.module_facts import Literal

NAME: str = "stale-annotation"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each drifted place."""
    seen = set[Span]()
    for ties in annotated_stacks(project):
        drifted: dict[int, list[AnnotationLink]] = {}
        for tie in ties.by_key.values():
            if tie.drifted:
                drifted.setdefault(id(tie.mark), []).append(tie)
        for one in ties.marks:
            if one.entry is None:
                continue
            tied = drifted.get(id(one), [])
            if _is_wrong_service(one.entry, tied):
                continue
            for finding in _findings(one, one.entry, tied):
                if finding.span not in seen:
                    seen.add(finding.span)
                    yield finding
    for nix in nix_marks(project):
        if nix.mark.entry is not None:
            yield from _in_nix(nix, nix.mark.entry)


def _in_nix(nix: NixMark, entry: Entry) -> Iterator[Finding]:
    """Yield a finding for a comment in a Nix file, and for the numbers that it ties."""
    digits = nix.mark.annotation.digits
    if nix.mark.stale() and digits is not None:
        yield _repeated(nix.mark, entry, digits, certain=True)
    for literal in nix.drifted():
        yield _left(nix, entry, literal)


def _left(nix: NixMark, entry: Entry, literal: Literal) -> Finding:
    name = format_name(entry.name)
    certain = nix.mark.claims(literal.number)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"here is {literal.number} for {name}, which is {entry.endpoint.ports} in the"
        " registry",
        span=literal.span,
        entries=(name,),
        related=(
            Related("tied to the entry here", nix.mark.annotation.span),
            Related("declared here", entry.value_span),
        ),
        fix=_fix(entry, literal.digits, certain=certain),
    )


def _is_wrong_service(entry: Entry, tied: list[AnnotationLink]) -> bool:
    """Return whether the comment gives a process the entry of another service."""
    return any(
        use.role is Role.LISTENS and service_affinity.conflicting_services(entry, use.program)
        for tie in tied
        for use in tie.spot.uses
    )


def _findings(one: AnnotationTarget, entry: Entry, tied: list[AnnotationLink]) -> Iterator[Finding]:
    digits = one.annotation.digits
    if one.stale() and digits is not None:
        own = [tie for tie in tied if one.annotation.process in tie.spot.processes()]
        yield _repeated(one, entry, digits, certain=all(tie.certain for tie in own))
    for tie in tied:
        yield _drifted(tie, entry)


def _repeated(one: AnnotationTarget, entry: Entry, digits: Span, *, certain: bool) -> Finding:
    """Report the number that a comment repeats."""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"the comment says {format_name(entry.name)} = {one.annotation.number},"
        f" the registry says {entry.endpoint.ports}",
        span=digits,
        entries=(format_name(entry.name),),
        related=(Related("declared here", entry.value_span),),
        fix=_fix(entry, digits, certain=certain),
    )


def _drifted(tie: AnnotationLink, entry: Entry) -> Finding:
    spot, name = tie.spot, format_name(entry.name)
    use = spot.uses[0]
    where = f"process {use.process} has" if use.process else "here is"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{where} {spot.number} for {name}, which is {entry.endpoint.ports} in the"
        " registry",
        span=spot.span,
        entries=(name,),
        related=(
            Related("tied to the entry here", tie.mark.annotation.span),
            Related("declared here", entry.value_span),
        ),
        fix=_fix(entry, spot.digits, certain=tie.certain),
    )


def _fix(entry: Entry, digits: Span | None, *, certain: bool) -> Fix | None:
    """Return the fix that writes the entry's port, where it is one number."""
    ports = entry.endpoint.ports
    if digits is None or not ports.is_single():
        return None
    safety = Safety.SAFE if certain else Safety.UNSAFE
    return Fix(f"write {ports}", safety, (Edit(digits, str(ports)),))
