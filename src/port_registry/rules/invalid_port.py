"""A number stands where a port belongs and cannot be one.

## Why
A port is a whole number from 1 to 65535 (RFC 793 gives the field 16 bits). Anything else
fails when the service starts, or is cut to 16 bits without a word and becomes another
port. Port 0 to listen on is legal, and belongs to `auto-selected-port`; port 0 to connect
to or to probe is not.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 54320000;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    readiness_probe:
      exec:
        command: redis-cli -p 66379 ping
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
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    readiness_probe:
      exec:
        command: redis-cli -p 6379 ping
```
"""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.use_sites import UseSite
from port_registry.model import (
    MAX_PORT,
    Finding,
    Flaw,
    InvalidLeaf,
    Role,
    Severity,
    Span,
    format_name,
)

NAME: str = "invalid-port"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_REASONS = {
    Flaw.OUT_OF_BOUNDS: "is outside 1 to 65535",
    Flaw.NOT_A_PORT: "is no port, which is a whole number from 1 to 65535",
    Flaw.REVERSED: "is a range whose end is below its start",
}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that is no port."""
    for flawed in project.registry.invalid_leaves:
        if flawed.flaw in _REASONS:
            yield _flawed(flawed)
    seen = set[Span]()
    for ties in annotated_machines(project):
        for spot in ties.sites:
            if _is_invalid(spot) and spot.span not in seen:
                seen.add(spot.span)
                yield _spot(spot, ties.machine.kind.service_noun)


def _flawed(flawed: InvalidLeaf) -> Finding:
    name = format_name(flawed.name)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{name} = {flawed.text} {_REASONS[flawed.flaw]}",
        span=flawed.span,
        entries=(name,),
    )


def _is_invalid(spot: UseSite) -> bool:
    """Return whether the number surely is meant as a port, and is none."""
    roles = {use.role for use in spot.uses} - {Role.REPEATS}
    if spot.number == 0:
        return bool(roles) and Role.LISTENS not in roles
    return bool(roles) and not 0 <= spot.number <= MAX_PORT


def _spot(spot: UseSite, noun: str) -> Finding:
    use = spot.uses[0]
    of = f" of {noun} {use.service}" if use.service else ""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"port {spot.number}{of} is outside 1 to 65535",
        span=spot.span,
    )
