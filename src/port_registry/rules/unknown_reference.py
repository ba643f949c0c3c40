"""A reference or an annotation names an entry, or a registry, that does not exist.

## Why
Nix finds a reference to an entry that is gone only when something forces the option that it
stands in; behind a condition it waits there for months. An annotation that leads nowhere
ties nothing: its numbers are checked by nobody, and the reader is sent to a place that is
not there. A name that leads to a value which cannot be known without running Nix is in
order, and so are an annotation of another registry of the same project, and a reference
whose file provides for the case (`or`, `?`, `hasAttr`). The numbers under such an annotation
are not reported as well.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: database.redis = 6379
    command: redis-server --port 6379
```
```nix modules/web.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.web.redisPort = ports.databases.redsi;
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
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
```nix modules/web.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.web.redisPort = ports.databases.redis;
}
```

## Fixed
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
```nix modules/web.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.web.redisPort = ports.databases.redis;
}
```
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.annotation_targets import (
    AnnotationStatus,
    AnnotationTarget,
    names_registry,
)
from port_registry.matching.broken_references import MissingReference, missing_references
from port_registry.matching.duplicate_ports import origin
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.machine_files import is_imported
from port_registry.matching.name_suggestions import nearest_name
from port_registry.matching.project import Project
from port_registry.model import (
    TAKES,
    Annotation,
    Edit,
    Entry,
    Finding,
    Fix,
    Safety,
    Service,
    Severity,
    Span,
    format_name,
)
from port_registry.registry.lookup import EntryIndex

NAME: str = "unknown-reference"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each annotation and reference that leads nowhere."""
    for ties in annotated_machines(project):
        for one in ties.targets:
            process = ties.services.get(one.annotation.service)
            yield from _annotated(project, ties.entries, one, process)
    for nix in file_annotations(project):
        yield from _annotated(nix.project, nix.entries, nix.target, None)
    for missing in missing_references(project):
        path = missing.reference.reference.span.path
        parked = not is_imported(project, path)
        yield _missing_attribute(missing, Severity.NOTE if parked else SEVERITY)


def _annotated(
    project: Project, index: EntryIndex, one: AnnotationTarget, process: Service | None
) -> Iterator[Finding]:
    """Yield the finding for an annotation that leads nowhere."""
    if one.status is AnnotationStatus.MISSING:
        yield _missing_entry(project, index, one.annotation, process)
    elif one.status is AnnotationStatus.KNOWN and not names_registry(project, one.annotation):
        yield _missing_registry(project, one)


def _missing_entry(
    project: Project, index: EntryIndex, annotation: Annotation, process: Service | None
) -> Finding:
    name = format_name(annotation.name)
    numbered = _by_number(index, annotation, process)
    near = None
    if numbered is None:
        near = nearest_name(project.registry, index, annotation.name, annotation.number)
    fix = None
    hint = ""
    if numbered is not None:
        meant = format_name(numbered.name)
        hint = f"; {meant} is {numbered.endpoint.ports}"
        fix = _rename(annotation, meant, Safety.SAFE)
    elif near is not None:
        hint = f"; did you mean {format_name(near)}?"
        fix = _rename(annotation, format_name(near), Safety.UNSAFE)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{project.registry.path} has no entry {name}{hint}",
        span=annotation.name_span,
        entries=(name,),
        related=(),
        fix=fix,
    )


def _rename(annotation: Annotation, name: str, safety: Safety) -> Fix:
    return Fix(f"write {name}", safety, (Edit(annotation.name_span, name),))


def _by_number(index: EntryIndex, annotation: Annotation, process: Service | None) -> Entry | None:
    """Return the one entry that has the number in the comment, if it suits the process."""
    if annotation.number is None:
        return None
    entries = index.holding(annotation.number)
    if len({origin(entry) for entry in entries}) != 1:
        return None
    entry = entries[0]
    uses = () if process is None else process.uses
    if any(
        use.role in TAKES and service_affinity.conflicting_services(entry, use.program)
        for use in uses
    ):
        return None
    return entry


def _missing_registry(project: Project, one: AnnotationTarget) -> Finding:
    """Report an annotation whose path is no file, though its entry is known."""
    annotation, path = one.annotation, project.registry.path
    source = project.reader.read(annotation.span.path)
    at = source.text.find(annotation.registry, annotation.span.start, annotation.name_span.start)
    fix = None
    span = annotation.span
    if at >= 0:
        span = Span(span.path, at, at + len(annotation.registry))
        fix = Fix(f"write {path}", Safety.SAFE, (Edit(span, path),))
    name = format_name(annotation.name)
    message = f"there is no {annotation.registry}; {name} is in {path}"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(name,),
        related=(),
        fix=fix,
    )


def _missing_attribute(missing: MissingReference, severity: Severity) -> Finding:
    """Report a reference to what the registry does not have."""
    named, path = missing.reference, missing.reference.indexed.registry.path
    name = format_name(missing.name)
    if missing.below_port:
        leaf = format_name(missing.name[: missing.depth])
        message = f"{leaf} in {path} is a port and has nothing below it, so {name} does not exist"
    else:
        message = f"{path} has no entry {name}"
    fix = None
    if missing.suggestion is not None:
        near = format_name(missing.suggestion)
        message += f"; did you mean {near}?"
        if missing.is_last_part:
            edit = Edit(named.reference.last, format_name(missing.suggestion[-1:]))
            fix = Fix(f"write {near}", Safety.UNSAFE, (edit,))
    return Finding(
        rule=NAME,
        severity=severity,
        message=message,
        span=named.reference.span,
        entries=(name,),
        related=(),
        fix=fix,
    )
