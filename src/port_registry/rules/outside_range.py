"""An entry's port is outside the range of its category.

## Why
A range for each kind of service keeps new ports from colliding, and lets people guess what
runs on a port that they see. A well-known service on its own port, or in the same thousand
(redis on 6379 and 6380 among the databases), is not reported, whatever its category. A
category without a range is not checked; `port-registry.toml` can give it one. A port that
is also restricted, borrowed or ephemeral is reported for that reason alone.

## Bad
```nix lib/ports.nix
{
  development = {
    api = 3000;
    web = 8300;
  };
}
```

## Good
```nix lib/ports.nix
{
  development = {
    api = 3000;
    web = 3001;
  };
  databases.redis = 6379;
  databases.redisCache = 6380;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "outside-range"
SEVERITY: Severity = Severity.NOTE
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry outside its category's ranges."""
    for entry in entries_with_fault(project, Fault.OUTSIDE):
        name = format_name(entry.name)
        ranges = " or ".join(
            str(port_range) for port_range in project.convention.ranges_for(entry.name)
        )
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports} is outside the range of its category,"
            f" {ranges}",
            span=entry.value_span,
            entries=(name,),
        )
