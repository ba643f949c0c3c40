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

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedStack, annotated_stacks
from port_registry.matching.nix_context import SAME
from port_registry.matching.nix_matches import MatchedLiteral, matched_literals
from port_registry.matching.nix_relevance import place_of
from port_registry.matching.project import Project
from port_registry.matching.reference_writer import Writer
from port_registry.matching.unannotated_uses import UnannotatedUses, unannotated_uses
from port_registry.matching.yaml_comments import comment_place
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
from port_registry.sources.process_compose.stack_model import StackProcess

NAME: str = "hardcoded-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_ANNOTATED = (".yaml", ".yml")


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each process and entry without annotation, and each place in Nix."""
    for ties in annotated_stacks(project):
        for one in unannotated_uses(ties):
            if one.entries:
                yield _finding(project, ties, one)
    yield from _in_nix(project)


def _finding(project: Project, ties: AnnotatedStack, one: UnannotatedUses) -> Finding:
    entry = _meant(one)
    names = tuple(format_name(known.name) for known in one.entries)
    process = _around(ties, one)
    where = "this file" if process is None else process.name
    if entry is not None:
        names = (format_name(entry.name),)
    return Finding(
        rule=NAME,
        severity=SEVERITY if one.is_clear() else Severity.NOTE,
        message=f"no annotation in {where} ties {one.number} to {' or '.join(names)} of"
        f" {project.registry.path}",
        span=one.spots[0].span,
        entries=names,
        related=tuple(Related("and here", spot.span) for spot in one.spots[1:]),
        fix=None if entry is None else _fix(project, ties, one, entry),
    )


def _around(ties: AnnotatedStack, one: UnannotatedUses) -> StackProcess | None:
    """Return the process in which an annotation is missing.

    None where every place is above the process, in a variable that processes share.
    """
    process = ties.processes.get(one.process)
    if process is None:
        return None
    path, start, _ = process.span
    inside = any(spot.span.path != path or spot.span.start >= start for spot in one.spots)
    return process if inside else None


def _meant(one: UnannotatedUses) -> Entry | None:
    """Return the one entry that can be meant, or None."""
    if len(one.entries) == 1:
        return one.entries[0]
    use = one.spots[0].uses[0]
    return service_affinity.closest(one.entries, use.process, use.program)


def _fix(project: Project, ties: AnnotatedStack, one: UnannotatedUses, entry: Entry) -> Fix | None:
    """Return the fix that puts an annotation above the first place, where one can stand."""
    span = one.spots[0].span
    if not one.certain or not span.path.endswith(_ANNOTATED):
        return None
    source = project.reader.read(span.path)
    place = comment_place(source, span.start)
    if place is None:
        return None
    process = _around(ties, one)
    if process is not None and process.span.path == span.path and process.span.start >= place.start:
        return None
    annotation = f"Port from {project.registry.path}: {format_name(entry.name)}"
    if entry.endpoint.ports.is_single():
        annotation += f" = {entry.endpoint.ports}"
    line = f"{place.indent}# {annotation}{place.newline}"
    edit = Edit(Span(span.path, place.start, place.start), line)
    return Fix(f"annotate it: # {annotation}", _safety(one, entry), (edit,))


def _safety(one: UnannotatedUses, entry: Entry) -> Safety:
    """Return whether the number surely is the entry's.

    A well-known server may sit on the port of an entry that nothing says is its own.
    """
    use = one.spots[0].uses[0]
    server = (
        use.role is Role.LISTENS and service_affinity.service_of_program(use.program) is not None
    )
    foreign = server and service_affinity.affinity(entry, use.process, use.program) == 0
    return Safety.UNSAFE if foreign else Safety.SAFE


def _in_nix(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number in a Nix file that should be a reference."""
    writer: Writer | None = None
    for one in matched_literals(project):
        if one.entries:
            writer = writer or Writer(project.reader, project.fleet)
            yield _nix_finding(project, writer, one)


def _nix_finding(project: Project, writer: Writer, one: MatchedLiteral) -> Finding:
    held = one.meant()
    registry = project.fleet.parts[one.entries[0].part].registry.path
    names = tuple(format_name(known.entry.name) for known in one.entries)
    if held is not None:
        names = (format_name(held.entry.name),)
    writing = None if held is None else writer.write(one.module, one.literal, held)
    advice = "; refer to it" if writing is None else f"; write {writing.reference}"
    fix = None
    if writing is not None:
        safety = Safety.SAFE if one.is_certain() and writing.certain else Safety.UNSAFE
        fix = Fix(f"write {writing.reference}", safety, writing.edits)
    clear = one.grade() >= SAME and not one.annotated
    return Finding(
        rule=NAME,
        severity=SEVERITY if clear and one.taken else Severity.NOTE,
        message=f"{one.literal.number} is {' or '.join(names)} of {registry}{advice}",
        span=place_of(one.literal),
        entries=names,
        related=(),
        fix=fix,
    )
