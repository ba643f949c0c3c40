"""A service lets the system choose its port.

## Why
Port 0 means "any free port": the service gets another one at each start, nobody else can
know which, and the registry no longer says where it is. (For redis and memcached it means
"no TCP at all", which is not reported.)

## Bad
```nix lib/ports.nix
{
  development.api = 3000;
  development.preview = 0;
}
```
```yaml process-compose.yaml
processes:
  api:
    command: bun run dev
    environment:
      - PORT=0
```

## Good
```nix lib/ports.nix
{
  development.api = 3000;
  development.preview = 3010;
}
```
```yaml process-compose.yaml
processes:
  api:
    command: bun run dev
    environment:
      # Port from lib/ports.nix: development.api = 3000
      - PORT=3000
```
"""

from collections.abc import Iterator

from port_registry.facts.words import word_set
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.use_sites import UseSite
from port_registry.model import Finding, Flaw, Role, Severity, Span, Use, format_name

NAME: str = "auto-selected-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_WITHOUT_TCP = word_set("programs", "without-tcp-on-zero")
"""Programs for which port 0 means that they do not listen on TCP."""


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry and each listener with port 0."""
    for leaf in project.registry.invalid_leaves:
        if leaf.flaw is Flaw.ZERO:
            name = format_name(leaf.name)
            yield Finding(
                rule=NAME,
                severity=SEVERITY,
                message=f"{name} = {leaf.text} lets the system choose a port; give it one of its"
                " own",
                span=leaf.span,
                entries=(name,),
            )
    seen = set[Span]()
    for annotated in annotated_machines(project):
        for site in annotated.sites:
            use = _listener_on_zero(site)
            if use is not None and site.span not in seen:
                seen.add(site.span)
                yield Finding(
                    rule=NAME,
                    severity=SEVERITY,
                    message=f"{use.service or 'a process'} listens on port 0, so the system"
                    " chooses; give it a port in the registry",
                    span=site.span,
                )


def _listener_on_zero(site: UseSite) -> Use | None:
    """Return the use by which a service lets the system choose its port at `site`, if any."""
    if site.number != 0:
        return None
    for use in site.uses:
        if use.role is Role.LISTENS and use.program not in _WITHOUT_TCP:
            return use
    return None
