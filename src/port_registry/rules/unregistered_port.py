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

from port_registry.matching.annotation_links import AnnotatedStack, UseSite, annotated_stacks
from port_registry.matching.environments import drifts
from port_registry.matching.nix_matches import matched_literals
from port_registry.matching.nix_relevance import place_of
from port_registry.matching.project import Project
from port_registry.matching.stack_listeners import on_manager
from port_registry.matching.unannotated_uses import UnannotatedUses, unannotated_uses
from port_registry.model import Finding, Related, Role, Severity
from port_registry.sources.nix.module_facts import Literal, LiteralContext

NAME: str = "unregistered-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_OPENINGS = {
    LiteralContext.FIREWALL: "is opened in the firewall",
    LiteralContext.CONTAINER: "is published by a container",
}

_LAST_SYSTEM_PORT = 1023

_LEAST_RUN = 3
"""How many consecutive numbers are one block."""

_WIDEST = 1000
"""A wider range is for connections that go out."""

_VERBS = {Role.LISTENS: "listens on", Role.CONNECTS: "connects to", Role.PROBES: "probes"}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each port of a stack, or of a Nix file, that no entry has."""
    drifted = {site.span for drift in drifts(project) for site in drift.sites}
    for ties in annotated_stacks(project):
        by_number: dict[int, list[UnannotatedUses]] = {}
        for one in unannotated_uses(ties):
            if one.entries or any(spot.span in drifted for spot in one.spots):
                continue
            if one.is_clear() and not _is_managers(ties, one):
                by_number.setdefault(one.number, []).append(one)
        for same in by_number.values():
            yield _finding(project, sorted(same, key=lambda one: not one.is_spoken_for()))
    if not project.registry.entries:
        return
    in_files: dict[tuple[str, int, int], list[Literal]] = {}
    for found in matched_literals(project):
        literal = found.literal
        if found.known or not found.taken or not _takes(literal):
            continue
        if place_of(literal) not in drifted:
            key = (found.module.path, literal.number, literal.last)
            in_files.setdefault(key, []).append(literal)
    for run in _runs(in_files):
        yield _nix_finding(project, run)


def _runs(found: dict[tuple[str, int, int], list[Literal]]) -> Iterator[list[Literal]]:
    """Yield the literals of each number of a file, or of each run of consecutive numbers."""
    run: list[list[Literal]] = []
    last: tuple[str, int, int] | None = None
    for key in sorted(found):
        follows = last is not None and key[0] == last[0] and key[1] == last[2] + 1
        if run and not (follows and found[key][0].stands is run[-1][0].stands):
            yield from _gathered(run)
            run = []
        run.append(found[key])
        last = key
    yield from _gathered(run)


def _gathered(run: list[list[Literal]]) -> Iterator[list[Literal]]:
    """Yield `run` as one where it is long, else each of its numbers."""
    if len(run) >= _LEAST_RUN:
        yield [literal for literals in run for literal in literals]
    else:
        yield from run


def _takes(literal: Literal) -> bool:
    """Return whether something on a machine takes the port there."""
    if literal.number <= _LAST_SYSTEM_PORT or literal.last - literal.number > _WIDEST:
        return False
    return literal.role is Role.LISTENS or literal.stands in _OPENINGS


def _nix_finding(project: Project, literals: list[Literal]) -> Finding:
    first, last = literals[0], max(literal.last for literal in literals)
    ports = str(first.number) if last == first.number else f"{first.number}-{last}"
    taken = _OPENINGS.get(first.stands, "is taken")
    return Finding(
        rule=NAME,
        severity=Severity.NOTE,
        message=f"{ports} {taken} here, and {project.registry.path} does not have it; add an entry"
        " for it",
        span=place_of(first),
        entries=(),
        related=tuple(Related("and here", place_of(other)) for other in literals[1:]),
    )


def _is_managers(ties: AnnotatedStack, one: UnannotatedUses) -> bool:
    """Return whether the port is process-compose's own, and nothing to report here.

    Processes may ask there; that one listens there is `manager-clash`.
    """
    server = ties.stack.server
    if server is None or server.port != one.number:
        return False
    return not one.is_spoken_for() or any(
        listener.process.name == one.process for listener in on_manager(ties, server)
    )


def _finding(project: Project, same: list[UnannotatedUses]) -> Finding:
    first = same[0]
    places = [(one, spot) for one in same for spot in one.spots]
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{_does(first, first.spots)} {first.number}, which {project.registry.path} does"
        " not have; add an entry for it",
        span=first.spots[0].span,
        entries=(),
        related=tuple(
            Related(f"{_does(one, (spot,))} it here", spot.span) for one, spot in places[1:]
        ),
    )


def _does(one: UnannotatedUses, spots: tuple[UseSite, ...]) -> str:
    """Return who does what at `spots`: `api connects to`."""
    roles = [use.role for spot in spots for use in spot.uses if use.role in _VERBS]
    return f"{one.process or 'this file'} {_VERBS[roles[0]] if roles else 'names'}"
