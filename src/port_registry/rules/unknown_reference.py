"""An annotation names an entry, or a registry, that does not exist.

## Why
An annotation that leads nowhere ties nothing: its numbers are checked by nobody, and the
reader is sent to a place that is not there. A name that leads to a value which cannot be
known without running Nix is in order, and so is an annotation of another registry of the
same project. The numbers under such an annotation are not reported as well.

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

## Fixed
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
"""

from collections.abc import Iterator

from port_registry.model.entry import Entry, show_name
from port_registry.model.finding import Edit, Finding, Fix, Safety, Severity
from port_registry.model.span import Span
from port_registry.model.use import Annotation, Role
from port_registry.rules import kin
from port_registry.rules.doubles import origin
from port_registry.rules.interface import Project
from port_registry.rules.marks import Mark, Standing, names_registry
from port_registry.rules.ties import Ties, all_ties

NAME: str = "unknown-reference"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each annotation that leads nowhere."""
    for ties in all_ties(project):
        for one in ties.marks:
            if one.standing is Standing.MISSING:
                yield _missing_entry(project, ties, one.annotation)
            elif one.standing is Standing.KNOWN and not names_registry(project, one.annotation):
                yield _missing_registry(project, one)


def _missing_entry(project: Project, ties: Ties, annotation: Annotation) -> Finding:
    name = show_name(annotation.name)
    near = ties.entries.suggest(annotation.name)
    numbered = _by_number(ties, annotation)
    fix = None
    hint = ""
    if numbered is not None:
        meant = show_name(numbered.name)
        hint = f"; {meant} is {numbered.endpoint.ports}"
        fix = _rename(annotation, meant, Safety.SAFE)
    elif near:
        hint = f"; did you mean {near[0]}?"
        fix = _rename(annotation, near[0], Safety.UNSAFE)
    return Finding(
        NAME,
        SEVERITY,
        f"{project.registry.path} has no entry {name}{hint}",
        annotation.name_span,
        (name,),
        (),
        fix,
    )


def _rename(annotation: Annotation, name: str, safety: Safety) -> Fix:
    return Fix(f"write {name}", safety, (Edit(annotation.name_span, name),))


def _by_number(ties: Ties, annotation: Annotation) -> Entry | None:
    """Return the one entry that has the number in the comment, if it suits the process."""
    if annotation.number is None:
        return None
    entries = ties.entries.holding(annotation.number)
    if len({origin(entry) for entry in entries}) != 1:
        return None
    entry = entries[0]
    for process in ties.stack.processes:
        if process.name == annotation.process and any(
            use.role is Role.LISTENS and kin.misfit(entry, use.program) for use in process.uses
        ):
            return None
    return entry


def _missing_registry(project: Project, one: Mark) -> Finding:
    """Report an annotation whose path is no file, though its entry is known."""
    annotation, path = one.annotation, project.registry.path
    source = project.reader.read(annotation.span.path)
    at = source.text.find(annotation.registry, annotation.span.start, annotation.name_span.start)
    fix = None
    span = annotation.span
    if at >= 0:
        span = Span(span.path, at, at + len(annotation.registry))
        fix = Fix(f"write {path}", Safety.SAFE, (Edit(span, path),))
    name = show_name(annotation.name)
    message = f"there is no {annotation.registry}; {name} is in {path}"
    return Finding(NAME, SEVERITY, message, span, (name,), (), fix)
