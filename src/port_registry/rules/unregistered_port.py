"""A process uses a port of this machine that the registry does not have.

## Why
What the registry does not know, it cannot keep free: the next entry may get the same
number. Ports that are listened on, connected to on this machine, or probed count; those of
other machines do not, and neither does process-compose's own (to listen on that one is
`manager-clash`). A port is reported once for a stack, at the process that listens there. A
number that an annotation ties to an entry is `stale-annotation`'s, and a probe on a port
that its process does not serve is `probe-mismatch`'s.

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

## Good
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 5432;
}
```
```yaml process-compose.yaml
processes:
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -D /tmp/pgdata -p 5432
```
"""

from collections.abc import Iterator

from port_registry.model.finding import Finding, Related, Severity
from port_registry.model.use import Role
from port_registry.rules.interface import Project
from port_registry.rules.shared.listeners import on_manager
from port_registry.rules.shared.loose import Loose, loose
from port_registry.rules.shared.ties import Spot, Ties, all_ties

NAME: str = "unregistered-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_VERBS = {Role.LISTENS: "listens on", Role.CONNECTS: "connects to", Role.PROBES: "probes"}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each port of a stack that no entry has."""
    for ties in all_ties(project):
        by_number: dict[int, list[Loose]] = {}
        for one in loose(ties):
            if not one.entries and one.is_clear() and not _is_managers(ties, one):
                by_number.setdefault(one.number, []).append(one)
        for same in by_number.values():
            yield _finding(project, sorted(same, key=lambda one: not one.is_spoken_for()))


def _is_managers(ties: Ties, one: Loose) -> bool:
    """Tell whether the port is process-compose's own, and nothing to report here.

    Processes may ask there; that one listens there is `manager-clash`.
    """
    server = ties.stack.server
    if server is None or server.port != one.number:
        return False
    return not one.is_spoken_for() or any(
        listener.process.name == one.process for listener in on_manager(ties, server)
    )


def _finding(project: Project, same: list[Loose]) -> Finding:
    first = same[0]
    places = [(one, spot) for one in same for spot in one.spots]
    return Finding(
        NAME,
        SEVERITY,
        f"{_does(first, first.spots)} {first.number}, which {project.registry.path} does not"
        " have; add an entry for it",
        first.spots[0].span,
        (),
        tuple(Related(f"{_does(one, (spot,))} it here", spot.span) for one, spot in places[1:]),
    )


def _does(one: Loose, spots: tuple[Spot, ...]) -> str:
    """Return who does what at `spots`: `api connects to`."""
    roles = [use.role for spot in spots for use in spot.uses if use.role in _VERBS]
    return f"{one.process or 'this file'} {_VERBS[roles[0]] if roles else 'names'}"
