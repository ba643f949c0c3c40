"""A number in a process-compose file is an entry's port, and nothing ties it to the entry.

## Why
When the registry moves the entry, this place stays behind unseen. An annotation,
`# Port from lib/ports.nix: databases.redis = 6379`, ties every such number of its process:
`stale-annotation` then reports, and mends, what has drifted. Numbers for other machines
are left alone, and so is what `port-clash`, `wrong-service` and `probe-mismatch` report.

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
from port_registry.model.finding import Edit, Finding, Fix, Related, Safety, Severity
from port_registry.model.span import Span
from port_registry.model.use import Role
from port_registry.rules.interface import Project
from port_registry.rules.shared import kin
from port_registry.rules.shared.loose import Loose, loose
from port_registry.rules.shared.ties import Ties, all_ties
from port_registry.rules.shared.writing import comment_place
from port_registry.sources.process_compose.project import Process

NAME: str = "hardcoded-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_ANNOTATED = (".yaml", ".yml")


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each process and entry without annotation."""
    for ties in all_ties(project):
        for one in loose(ties):
            if one.entries:
                yield _finding(project, ties, one)


def _finding(project: Project, ties: Ties, one: Loose) -> Finding:
    entry = _meant(one)
    names = tuple(show_name(known.name) for known in one.entries)
    process = _around(ties, one)
    where = "this file" if process is None else process.name
    if entry is not None:
        names = (show_name(entry.name),)
    return Finding(
        NAME,
        SEVERITY if one.is_clear() else Severity.NOTE,
        f"no annotation in {where} ties {one.number} to {' or '.join(names)} of"
        f" {project.registry.path}",
        one.spots[0].span,
        names,
        tuple(Related("and here", spot.span) for spot in one.spots[1:]),
        None if entry is None else _fix(project, ties, one, entry),
    )


def _around(ties: Ties, one: Loose) -> Process | None:
    """Return the process in which an annotation is missing.

    None where every place is above the process, in a variable that processes share.
    """
    process = ties.processes.get(one.process)
    if process is None:
        return None
    path, start, _ = process.span
    inside = any(spot.span.path != path or spot.span.start >= start for spot in one.spots)
    return process if inside else None


def _meant(one: Loose) -> Entry | None:
    """Return the one entry that can be meant, or None."""
    if len(one.entries) == 1:
        return one.entries[0]
    use = one.spots[0].uses[0]
    return kin.closest(one.entries, use.process, use.program)


def _fix(project: Project, ties: Ties, one: Loose, entry: Entry) -> Fix | None:
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
    annotation = f"Port from {project.registry.path}: {show_name(entry.name)}"
    if entry.endpoint.ports.is_single():
        annotation += f" = {entry.endpoint.ports}"
    line = f"{place.indent}# {annotation}{place.newline}"
    edit = Edit(Span(span.path, place.start, place.start), line)
    return Fix(f"annotate it: # {annotation}", _safety(one, entry), (edit,))


def _safety(one: Loose, entry: Entry) -> Safety:
    """Return whether the number surely is the entry's.

    A well-known server may sit on the port of an entry that nothing says is its own.
    """
    use = one.spots[0].uses[0]
    server = use.role is Role.LISTENS and kin.service_of_program(use.program) is not None
    foreign = server and kin.kinship(entry, use.process, use.program) == 0
    return Safety.UNSAFE if foreign else Safety.SAFE
