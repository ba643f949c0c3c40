"""An entry's port is one that the system assigns to outgoing connections.

## Why
Linux takes the local port of an outgoing connection from 32768 to 60999, and RFC 6335
reserves 49152 to 65535 for such use everywhere. A service there usually starts, but
sometimes finds its port taken by a connection of an unrelated program. A well-known service
on its own port (WireGuard on 51820) is not reported, and neither is a range of UDP ports
for media.

## Bad
```nix lib/ports.nix
{
  jobs.runner = 50123;
}
```

## Good
```nix lib/ports.nix
{
  jobs.runner = 7400;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.port_policy import Fault, entries_with_fault
from port_registry.matching.project import Project
from port_registry.model import Finding, Severity, format_name

NAME: str = "ephemeral-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry in an ephemeral range."""
    for entry in entries_with_fault(project, Fault.EPHEMERAL):
        name = format_name(entry.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} = {entry.endpoint.ports} may be taken by any outgoing connection when"
            " the service starts; choose a port below 32768",
            span=entry.value_span,
            entries=(name,),
        )
