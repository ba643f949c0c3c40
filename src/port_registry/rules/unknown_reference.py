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

from collections.abc import Iterable, Iterator

from port_registry.model.entry import Entry, show_name
from port_registry.model.finding import Edit, Finding, Fix, Safety, Severity
from port_registry.model.span import Span
from port_registry.model.use import Annotation, Role
from port_registry.rules.interface import Project
from port_registry.rules.shared import kin
from port_registry.rules.shared.doubles import origin
from port_registry.rules.shared.marks import Mark, Standing, names_registry
from port_registry.rules.shared.ties import Ties, all_ties

NAME: str = "unknown-reference"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_MOST_COMPARED = 80
"""How much of a name is compared; the time taken grows with its square."""


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
    numbered = _by_number(ties, annotation)
    near = None if numbered else _nearest(project, ties, annotation)
    fix = None
    hint = ""
    if numbered is not None:
        meant = show_name(numbered.name)
        hint = f"; {meant} is {numbered.endpoint.ports}"
        fix = _rename(annotation, meant, Safety.SAFE)
    elif near:
        hint = f"; did you mean {near}?"
        fix = _rename(annotation, near, Safety.UNSAFE)
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
    process = ties.processes.get(annotation.process)
    uses = () if process is None else process.uses
    if any(use.role is Role.LISTENS and kin.misfit(entry, use.program) for use in uses):
        return None
    return entry


def _nearest(project: Project, ties: Ties, annotation: Annotation) -> str | None:
    """Return the name that is nearest to the one in the comment, if one is near at all.

    Names of entries with the comment's number come first, then those that the registry
    itself suggests, then the annotated name's siblings.
    """
    number = annotation.number
    numbered = () if number is None else ties.entries.holding(number)
    siblings = [
        entry
        for entry in project.registry.entries
        if entry.name[:-1] == annotation.name[:-1] and abs(_longer(entry, annotation)) < 3
    ]
    suggested = ties.entries.suggest(annotation.name)
    return (
        _closest_service(numbered, annotation)
        or (suggested[0] if suggested else None)
        or _closest_service(siblings, annotation)
    )


def _longer(entry: Entry, annotation: Annotation) -> int:
    """Return by how many characters the last part of the entry's name is the longer one."""
    return len(entry.service) - len(annotation.name[-1])


def _closest_service(entries: Iterable[Entry], annotation: Annotation) -> str | None:
    """Return the name of the one of `entries` whose last part is nearest to the comment's."""
    from difflib import get_close_matches

    names = {entry.service: show_name(entry.name) for entry in entries}
    near = get_close_matches(annotation.name[-1][:_MOST_COMPARED], names, n=1, cutoff=0.6)
    return names[near[0]] if near else None


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
