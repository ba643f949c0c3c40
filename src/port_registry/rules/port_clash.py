"""Two services listen on the same port of one machine at the same time.

## Why
The second one fails with "address already in use". In a stack of process-compose, disabled
processes do not count, nor do two of which one waits until the other has ended; replicas
that all take one fixed port clash among themselves. On a NixOS host, a service that is
enabled without naming its port takes its default; services of different hosts never clash,
nor do those of containers with a network of their own. Where a condition decides that is
not known, the clash is a warning.

A default also clashes with an entry of the registry that is another service's, where that
one may run on the host: nothing says yet that the number is taken twice.

Where the clash only follows from two entries with one port, it is `duplicate-port`'s, and
where it goes away once a drifted number is mended, it is `stale-annotation`'s. The one with
the weaker claim to the port is reported.

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
```nix configuration.nix
{
  services.open-webui.enable = true;
  services.filebrowser.enable = true;
}
```

## Good
```nix lib/ports.nix
{
  development.api = 3000;
  development.web = 3001;
  webUI.files = 8090;
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
```nix configuration.nix
let
  ports = import ./lib/ports.nix;
in
{
  services.open-webui.enable = true;
  services.filebrowser = {
    enable = true;
    settings.port = ports.webUI.files;
  };
}
```
"""

from collections.abc import Iterator

from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedStack, annotated_stacks
from port_registry.matching.duplicate_ports import are_double
from port_registry.matching.host_listeners import Collision, collisions
from port_registry.matching.implied_conflicts import ImpliedConflict, taken
from port_registry.matching.project import Project
from port_registry.matching.stack_listeners import Clash, StackListener, clashes
from port_registry.model import Entry, Finding, Related, Severity, format_name
from port_registry.sources.nix import fleet
from port_registry.sources.nix.fleet import PortOrigin

NAME: str = "port-clash"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_MOST_HOSTS = 3
"""How many hosts a message names."""


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each listener that cannot have its port."""
    for ties in annotated_stacks(project):
        for clash in clashes(ties):
            entries = _entry(ties, clash.blamed), _entry(ties, clash.other)
            if entries[0] and entries[1] and are_double(entries[0], entries[1]):
                continue
            yield _finding(clash, entries[1] or entries[0])
    for collision in collisions(project):
        yield _of_collision(collision)
    for one in taken(project):
        yield _of_taken(one)


def _entry(ties: AnnotatedStack, listener: StackListener) -> Entry | None:
    """Return the entry that `listener` stands for, by annotation or by name."""
    if listener.entry is not None:
        return listener.entry
    process = listener.process
    entries = ties.entries.holding(listener.endpoint.ports.first)
    return service_affinity.closest(entries, process.name, process.program)


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
        known = f", {format_name(entry.name)} in the registry" if entry else ""
        message = f"{name} and {other.process.name} both listen on {ports}{known}"
        related = (Related(f"{other.process.name} listens here", other.use.span),)
    names = (format_name(entry.name),) if entry else ()
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=blamed.use.digits or blamed.use.span,
        entries=names,
        related=related,
    )


def _of_collision(collision: Collision) -> Finding:
    """Say that two services of a host collide."""
    blamed, other, entry = collision.blamed, collision.other, collision.entry
    port, where = blamed.endpoint.ports, _where(collision.hosts)
    holder = other.service
    if entry is not None:
        holder += f" ({format_name(entry.name)} in the registry)"
    defaults = {one.how is PortOrigin.IMPLIED for one in (blamed, other)}
    if len(defaults) == 1:
        default = " by default" if defaults == {True} else ""
        message = f"{blamed.service} and {holder} both listen on {port}{default}{where}"
    elif blamed.how is PortOrigin.IMPLIED:
        message = f"{blamed.service} listens on {port} by default, as {holder} does{where}"
    else:
        message = f"{blamed.service} listens on {port}, as {holder} does by default{where}"
    severity = SEVERITY if collision.certain else Severity.WARNING
    names = (format_name(entry.name),) if entry else ()
    related = (Related(f"{other.service} listens here", other.span),)
    return Finding(
        rule=NAME,
        severity=severity,
        message=message + _remedy(blamed),
        span=blamed.span,
        entries=names,
        related=related,
    )


def _where(hosts: tuple[str, ...]) -> str:
    """Say on which hosts, if they have names."""
    if len(hosts) > _MOST_HOSTS:
        return f" on {', '.join(hosts[:_MOST_HOSTS])} and {len(hosts) - _MOST_HOSTS} more"
    return f" on {', '.join(hosts)}" if hosts else ""


def _of_taken(one: ImpliedConflict) -> Finding:
    """Say that a default is an entry's port."""
    listener, entry = one.listener, one.entry
    message = (
        f"{listener.service} listens on {listener.endpoint.ports} by default, which is"
        f" {format_name(entry.name)} in the registry{_remedy(listener)}"
    )
    related = (Related(f"{format_name(entry.name)} is declared here", entry.value_span),)
    names = (format_name(entry.name),)
    return Finding(
        rule=NAME,
        severity=Severity.WARNING,
        message=message,
        span=listener.span,
        entries=names,
        related=related,
    )


def _remedy(listener: fleet.HostListener) -> str:
    """Say what to set."""
    steps = tuple(step for step in listener.option if step is not None)
    if listener.how is not PortOrigin.IMPLIED or not steps or len(steps) < len(listener.option):
        return "; give one of them another port"
    return f"; set {format_name(steps)}"
