"""A number is an entry's port, and nothing ties it to the entry.

## Why
When the registry moves the entry, this place stays behind unseen. Nix can refer to the
entry instead. In a process-compose file an annotation,
`# Port from lib/ports.nix: databases.redis = 6379`, ties every such number of its process:
`stale-annotation` then reports, and mends, what has drifted. In Nix the place has to speak of
the entry's service too: by the option, the variable, the file, the host or the line; only a
firewall's opening, of which nothing says whose it is, is reported without, as a note, where a
file of the same machine refers to the entry. A note, too, is a number under an annotation, and
one in a file that no machine imports. Numbers for other machines are left alone, and so are
options' own defaults, the inner side of containers, tests, and what `port-clash`,
`wrong-service`, `probe-mismatch`, `stale-annotation`, `shadow-registry` and `fallback-copy`
report.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  redis:
    command: redis-server --port 6379
```
```nix modules/cache.nix
{ lib, ... }:

{
  services.redis.servers.main.port = 6379;
}
```

## Good
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  redis:
    command: redis-server --port 6379 # Port from lib/ports.nix: databases.redis
```
```nix modules/cache.nix
{ lib, ... }:

let
  ports = import ../lib/ports.nix;
in
{
  services.redis.servers.main.port = ports.databases.redis;
}
```

## Fixed
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
```nix modules/cache.nix
{ lib, ... }:

let
  ports = import ../lib/ports.nix;
in
{
  services.redis.servers.main.port = ports.databases.redis;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.matching.untied_uses import UntiedUses, untied_uses
from port_registry.model import (
    Edit,
    Entry,
    Finding,
    Fix,
    ReferenceTie,
    Related,
    Safety,
    Severity,
    Span,
    format_name,
)

NAME: str = "hardcoded-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that should be tied to its entry."""
    for untied in untied_uses(project):
        if untied.entries:
            yield _finding(project, untied)


def _finding(project: Project, untied: UntiedUses) -> Finding:
    first, meant = untied.first, untied.best_match
    names = tuple(format_name(match.entry.name) for match in untied.entries)
    said = " or ".join(names)
    if project.tie_writer.takes_references(first.span.path):
        tie = None
        if meant is not None:
            tie = project.tie_writer.reference(first, meant.entry, meant.registry_index)
            said = format_name(meant.entry.name)
        registry = project.registries[untied.entries[0].registry_index].registry.path
        advice = "refer to it" if tie is None else f"write {tie.reference}"
        message = f"{first.number} is {said} of {registry}; {advice}"
        fix = None if tie is None else _refer(untied, tie)
    else:
        if meant is not None:
            said = format_name(meant.entry.name)
        where = "this file" if untied.service is None else untied.service.name
        message = (
            f"no annotation in {where} ties {first.number} to {said} of {project.registry.path}"
        )
        fix = None if meant is None else _annotate(project, untied, meant.entry)
    return Finding(
        rule=NAME,
        severity=SEVERITY if untied.is_port else Severity.NOTE,
        message=message,
        span=first.shown,
        entries=names if meant is None else (format_name(meant.entry.name),),
        related=tuple(Related("and here", use.shown) for use in untied.uses[1:]),
        fix=fix,
    )


def _refer(untied: UntiedUses, tie: ReferenceTie) -> Fix:
    """Return the fix that writes a reference."""
    safety = Safety.SAFE if untied.certain and tie.certain else Safety.UNSAFE
    return Fix(f"write {tie.reference}", safety, tie.edits)


def _annotate(project: Project, untied: UntiedUses, entry: Entry) -> Fix | None:
    """Return the fix that puts an annotation above the first place, where one can be."""
    span, service = untied.first.shown, untied.service
    place = project.tie_writer.comment_place(span.path, span.start)
    if place is None:
        return None
    if service is not None and service.span.path == span.path and service.span.start >= place.start:
        return None
    annotation = f"Port from {project.registry.path}: {format_name(entry.name)}"
    if entry.endpoint.ports.is_single():
        annotation += f" = {entry.endpoint.ports}"
    line = f"{place.indent}{place.sign} {annotation}{place.newline}"
    edit = Edit(Span(span.path, place.start, place.start), line)
    safety = Safety.SAFE if untied.certain else Safety.UNSAFE
    return Fix(f"annotate it: {place.sign} {annotation}", safety, (edit,))
