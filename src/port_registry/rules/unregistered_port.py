"""A port of the project's machines is used that the registry does not have.

## Why
What the registry does not know, it cannot keep free: the next entry may get the same
number. Ports that are listened on, connected to on this machine, or probed count; those of
other machines do not, and neither does process-compose's own (to listen on that one is
`manager-clash`). A port is reported once for a stack, at the process that listens there. A
number that an annotation ties to an entry is `stale-annotation`'s, a probe on a port
that its process does not serve is `probe-mismatch`'s, and one that differs between
environments is `environment-drift`'s. In Nix files, what is listened on, opened in a firewall
or published by a container counts, once in each file; that is a note. Ports below 1024 are
left out there: which services they are for is settled.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  postgres:
    command: postgres -D /tmp/pgdata -p 5432
```
```nix modules/photos.nix
{
  services.immich.port = 2283;
}
```

## Good
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 5432;
  webuis.immich = 2283;
}
```
```yaml process-compose.yaml
processes:
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -D /tmp/pgdata -p 5432
```
```nix modules/photos.nix
let
  ports = import ../lib/ports.nix;
in
{
  services.immich.port = ports.webuis.immich;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.environments import drifts
from port_registry.matching.project import Project
from port_registry.matching.untied_uses import UntiedUses, untied_uses
from port_registry.model import Finding, MachineKind, Related, Role, Severity, Use

NAME: str = "unregistered-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_LEAST_RUN = 3
"""How many consecutive numbers of a file are one block."""

_VERBS = {
    Role.LISTENS: "listens on",
    Role.PUBLISHES: "publishes",
    Role.CONNECTS: "connects to",
    Role.PROBES: "probes",
}

_IN_FILE = {Role.OPENS: "is opened in the firewall", Role.PUBLISHES: "is published by a container"}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each port of a machine, or of a file, that no entry has."""
    drifted = {site.span for drift in drifts(project) for site in drift.numbers}
    groups: dict[tuple[str, int, int], list[UntiedUses]] = {}
    for untied in untied_uses(project):
        if untied.entries or not untied.reportable:
            continue
        if any(use.shown in drifted for use in untied.uses):
            continue
        key = (untied.scope, untied.first.number, untied.first.last)
        groups.setdefault(key, []).append(untied)
    in_files = {key: group for key, group in groups.items() if _is_in_file(project, group[0])}
    for key, group in groups.items():
        if key not in in_files:
            yield _of_machine(project, sorted(group, key=lambda one: not one.listens()))
    if project.registry.entries:
        for run in _runs(in_files):
            yield _of_file(project, run)


def _is_in_file(project: Project, untied: UntiedUses) -> bool:
    return project.tie_writer.takes_references(untied.first.span.path)


def _of_machine(project: Project, group: list[UntiedUses]) -> Finding:
    """Return the finding for one port of a machine, with all its places."""
    first = group[0]
    places = [
        (one, use, actors)
        for one in group
        for use, actors in zip(one.uses, one.uses_by_site, strict=True)
    ]
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{_does(first, first.uses_by_site)} {first.first.number}, which"
        f" {project.registry.path} does"
        " not have; add an entry for it",
        span=first.first.shown,
        entries=(),
        related=tuple(
            Related(f"{_does(one, (actors,))} it here", use.shown)
            for one, use, actors in places[1:]
        ),
    )


def _does(untied: UntiedUses, actors: tuple[tuple[Use, ...], ...]) -> str:
    """Return who does what at some places: `api connects to`."""
    roles = [use.role for uses in actors for use in uses if use.role in _VERBS]
    who = untied.service_name or "this file"
    if untied.kind is MachineKind.VARIABLES:
        who = actors[0][0].label or who
    return f"{who} {_VERBS[roles[0]] if roles else 'names'}"


def _runs(groups: dict[tuple[str, int, int], list[UntiedUses]]) -> Iterator[list[Use]]:
    """Yield the uses of each number of a file, or of each run of consecutive numbers."""
    run: list[list[Use]] = []
    last: tuple[str, int, int] | None = None
    for key in sorted(groups):
        uses = [use for untied in groups[key] for use in untied.uses]
        follows = last is not None and key[0] == last[0] and key[1] == last[2] + 1
        if run and not (follows and _IN_FILE.get(uses[0].role) == _IN_FILE.get(run[-1][0].role)):
            yield from _gathered(run)
            run = []
        run.append(uses)
        last = key
    yield from _gathered(run)


def _gathered(run: list[list[Use]]) -> Iterator[list[Use]]:
    """Yield `run` as one where it is long, else each of its numbers."""
    if len(run) >= _LEAST_RUN:
        yield [use for uses in run for use in uses]
    else:
        yield from run


def _of_file(project: Project, uses: list[Use]) -> Finding:
    """Return the finding for one number, or one run of numbers, of a file."""
    first, last = uses[0], max(use.last for use in uses)
    ports = str(first.number) if last == first.number else f"{first.number}-{last}"
    taken = _IN_FILE.get(first.role, "is taken")
    return Finding(
        rule=NAME,
        severity=Severity.NOTE,
        message=f"{ports} {taken} here, and {project.registry.path} does not have it; add an"
        " entry for it",
        span=first.shown,
        entries=(),
        related=tuple(Related("and here", other.shown) for other in uses[1:]),
    )
