"""No process uses the entry.

## Why
An entry that nothing uses keeps its port from others, and makes people look for a service
that does not exist. Off by default, because what else uses the registry (NixOS modules,
deployments, other repositories) is not read. An entry counts as used when a number equal
to its port, or an annotation with its name, stands anywhere.

## Bad
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

from port_registry.model.entry import show_name
from port_registry.model.finding import Finding, Severity
from port_registry.model.span import Span
from port_registry.rules.interface import Project
from port_registry.rules.shared.doubles import origin
from port_registry.rules.shared.ties import all_ties

NAME: str = "unused-port"
SEVERITY: Severity = Severity.NOTE
ON_BY_DEFAULT: bool = False


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry that no stack uses; none where there is no stack."""
    if not project.stacks:
        return
    used = set[tuple[Span, ...]]()
    for ties in all_ties(project):
        for one in ties.marks:
            if one.entry is not None:
                used.add(origin(one.entry))
        for number in {spot.number for spot in ties.spots}:
            used.update(origin(entry) for entry in ties.entries.holding(number))
    for entry in project.registry.entries:
        if origin(entry) not in used:
            name = show_name(entry.name)
            yield Finding(
                NAME, SEVERITY, f"nothing uses {entry}; remove it", entry.name_span, (name,)
            )
