"""A service has different ports in the files of two environments.

## Why
What works in development fails in production, because something else still asks the old
port. Files are compared whose paths differ only in words for an environment
(`process-compose.dev.yaml` and `process-compose.prod.yaml`, `.env.test` and
`.env.production`, `environments/dev/web.nix` and `environments/prod/web.nix`): the same
process and flag, variable or option should have one number. Machines are no environments,
and neither are two files that one machine is made of. Numbers reported here are not reported
as unregistered too.

## Bad
```nix lib/ports.nix
{
  webuis.grafana = 8300;
}
```
```yaml process-compose.dev.yaml
processes:
  grafana:
    # Port from lib/ports.nix: webuis.grafana = 8300
    command: grafana-server --port 8300
```
```yaml process-compose.prod.yaml
processes:
  grafana:
    command: grafana-server --port 8301
```

## Good
```nix lib/ports.nix
{
  webuis.grafana = 8300;
}
```
```yaml process-compose.dev.yaml
processes:
  grafana:
    # Port from lib/ports.nix: webuis.grafana = 8300
    command: grafana-server --port 8300
```
```yaml process-compose.prod.yaml
processes:
  grafana:
    # Port from lib/ports.nix: webuis.grafana = 8300
    command: grafana-server --port 8300
```
"""

from collections.abc import Iterator

from port_registry.matching.environments import Drift, drifts
from port_registry.matching.project import Project
from port_registry.model import Finding, Related, Severity, format_name

NAME: str = "environment-drift"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that differs between environments."""
    for drift in drifts(project):
        yield _finding(drift)


def _finding(drift: Drift) -> Finding:
    odd = drift.outlier()
    others = [site for site in drift.numbers if site is not odd]
    other = next(site for site in others if site.number != odd.number)
    entry = other.entry if odd.entry is None else None
    known = f", as {format_name(entry.name)} in the registry" if entry is not None else ""
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{odd.label} has {odd.number} here and {other.number} in {other.path}{known}; use"
        " one port in every environment",
        span=odd.span,
        entries=() if entry is None else (format_name(entry.name),),
        related=tuple(Related(f"{site.number} here", site.span) for site in others),
    )
