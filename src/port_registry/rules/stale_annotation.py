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
from typing import NamedTuple

from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.annotation_links import AnnotationLink
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.file_annotations import FileAnnotation, file_annotations
from port_registry.matching.project import Project
from port_registry.model import (
    TAKES,
    Edit,
    Entry,
    Finding,
    Fix,
    Related,
    Safety,
    Severity,
    Span,
    Use,
    format_name,
)

NAME: str = "stale-annotation"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


class _Drifted(NamedTuple):
    """A number that an annotation ties to an entry that has another."""

    use: Use
    owner: str
    """The service that has it, `process api`; empty where none has."""
    certain: bool


class _Stale(NamedTuple):
    """An annotation, and what has drifted from its entry."""

    target: AnnotationTarget
    entry: Entry
    certain: bool
    """Whether the number that the comment repeats can be replaced."""
    drifted: tuple[_Drifted, ...]


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each drifted place."""
    seen = set[Span]()
    for stale in _stale(project):
        for finding in _findings(stale):
            if finding.span not in seen:
                seen.add(finding.span)
                yield finding


def _stale(project: Project) -> Iterator[_Stale]:
    """Yield the annotations of all machines and files that name an entry."""
    for ties in annotated_machines(project):
        yield from _on_machine(ties)
    for annotation in file_annotations(project):
        yield from _in_file(annotation)


def _on_machine(ties: AnnotatedMachine) -> Iterator[_Stale]:
    links: dict[int, list[AnnotationLink]] = {}
    for link in ties.links.values():
        if link.stale:
            links.setdefault(id(link.target), []).append(link)
    for target in ties.targets:
        tied = links.get(id(target), [])
        if target.entry is None or _is_wrong_service(target.entry, tied):
            continue
        own = [link for link in tied if target.annotation.service in link.site.services()]
        noun = ties.machine.kind.service_noun
        drifted = tuple(_drifted(link, noun) for link in tied)
        yield _Stale(target, target.entry, all(link.certain for link in own), drifted)


def _drifted(link: AnnotationLink, noun: str) -> _Drifted:
    use = link.site.uses[0]
    return _Drifted(use, f"{noun} {use.service}" if use.service else "", link.certain)


def _in_file(annotation: FileAnnotation) -> Iterator[_Stale]:
    target = annotation.target
    if target.entry is not None:
        drifted = (_Drifted(use, "", target.repeats(use.number)) for use in annotation.stale_uses())
        yield _Stale(target, target.entry, certain=True, drifted=tuple(drifted))


def _is_wrong_service(entry: Entry, tied: list[AnnotationLink]) -> bool:
    """Return whether the comment gives a service the entry of another one."""
    return any(
        use.role in TAKES and service_affinity.conflicting_services(entry, use.program)
        for link in tied
        for use in link.site.uses
    )


def _findings(stale: _Stale) -> Iterator[Finding]:
    digits = stale.target.annotation.digits
    if stale.target.has_stale_number() and digits is not None:
        yield _repeated(stale, digits)
    for drifted in stale.drifted:
        yield _left_behind(stale, drifted)


def _repeated(stale: _Stale, digits: Span) -> Finding:
    """Return the finding for the number that a comment repeats."""
    name, ports = format_name(stale.entry.name), stale.entry.endpoint.ports
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"the comment says {name} = {stale.target.annotation.number},"
        f" the registry says {ports}",
        span=digits,
        entries=(name,),
        related=(Related("declared here", stale.entry.value_span),),
        fix=_fix(stale.entry, digits, certain=stale.certain),
    )


def _left_behind(stale: _Stale, drifted: _Drifted) -> Finding:
    """Return the finding for a number that has not followed the registry."""
    name, use = format_name(stale.entry.name), drifted.use
    where = f"{drifted.owner} has" if drifted.owner else "here is"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{where} {use.number} for {name}, which is {stale.entry.endpoint.ports} in the"
        " registry",
        span=use.shown,
        entries=(name,),
        related=(
            Related("tied to the entry here", stale.target.annotation.span),
            Related("declared here", stale.entry.value_span),
        ),
        fix=_fix(stale.entry, use.digits, certain=drifted.certain),
    )


def _fix(entry: Entry, digits: Span | None, *, certain: bool) -> Fix | None:
    """Return the fix that writes the entry's port, where it is one number."""
    ports = entry.endpoint.ports
    if digits is None or not ports.is_single():
        return None
    safety = Safety.SAFE if certain else Safety.UNSAFE
    return Fix(f"write {ports}", safety, (Edit(digits, str(ports)),))
