"""Two processes of one stack listen on the same port at the same time.

## Why
The second one fails with "address already in use". Disabled processes do not count, nor do
two of which one waits until the other has ended. Replicas that all take one fixed port
clash among themselves. Where the clash only follows from two entries with one port, it is
`duplicate-port`'s, and where it goes away once a drifted number is mended, it is
`stale-annotation`'s. The process with the weaker claim to the port is the one reported.

## Bad
```nix lib/ports.nix
{
  development.api = 3000;
}
```
```yaml process-compose.yaml
processes:
  api:
    command: bun run dev
    environment:
      # Port from lib/ports.nix: development.api = 3000
      - PORT=3000
  web:
    command: bun run web
    environment:
      - PORT=3000
```

## Good
```nix lib/ports.nix
{
  development.api = 3000;
  development.web = 3001;
}
```
```yaml process-compose.yaml
processes:
  api:
    command: bun run dev
    environment:
      # Port from lib/ports.nix: development.api = 3000
      - PORT=3000
  web:
    command: bun run web
    environment:
      # Port from lib/ports.nix: development.web = 3001
      - PORT=3001
```
"""

from collections.abc import Iterator

from port_registry.model.entry import Entry, show_name
from port_registry.model.finding import Finding, Related, Severity
from port_registry.rules.interface import Project
from port_registry.rules.shared import kin
from port_registry.rules.shared.doubles import are_double
from port_registry.rules.shared.listeners import Clash, Listener, clashes
from port_registry.rules.shared.ties import Ties, all_ties

NAME: str = "port-clash"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each listener that cannot have its port."""
    for ties in all_ties(project):
        for clash in clashes(ties):
            entries = _entry(ties, clash.blamed), _entry(ties, clash.other)
            if entries[0] and entries[1] and are_double(entries[0], entries[1]):
                continue
            yield _finding(clash, entries[1] or entries[0])


def _entry(ties: Ties, listener: Listener) -> Entry | None:
    """Return the entry that `listener` stands for, by annotation or by name."""
    if listener.entry is not None:
        return listener.entry
    process = listener.process
    entries = ties.entries.holding(listener.endpoint.ports.first)
    return kin.closest(entries, process.name, process.program)


def _finding(clash: Clash, entry: Entry | None) -> Finding:
    blamed, other = clash.blamed, clash.other
    ports = blamed.endpoint.ports
    name = blamed.process.name
    if blamed is other:
        message = (
            f"all {blamed.process.replicas} replicas of {name} listen on {ports}; let the port"
            " depend on PC_REPLICA_NUM"
        )
        related: tuple[Related, ...] = ()
    else:
        known = f", {show_name(entry.name)} in the registry" if entry else ""
        message = f"{name} and {other.process.name} both listen on {ports}{known}"
        related = (Related(f"{other.process.name} listens here", other.use.span),)
    names = (show_name(entry.name),) if entry else ()
    return Finding(NAME, SEVERITY, message, blamed.use.digits or blamed.use.span, names, related)
