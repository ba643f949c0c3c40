"""A process-compose or Compose file, or a part of it, cannot be read.

## Why
The program that it is for rejects such a file, and nothing in it can be checked: the absence
of other findings in it means nothing.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  redis:
    command: [redis-server
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
"""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Finding, Severity

NAME: str = "unreadable-file"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each part that could not be read."""
    for machine in project.machines:
        for part in machine.unreadable:
            yield Finding(rule=NAME, severity=SEVERITY, message=part.message, span=part.span)
