"""A firewall opens a port that nobody outside the machine should, or can, use.

## Why
An entry that is marked `internal` (`# internal`, or `openFirewall = false;`) is meant for the
machine alone: a database, a metrics endpoint, what stands behind a proxy. Opened to all
networks it is one misconfiguration away from the world; opened on one interface it is not
reported. A port whose entry only other hosts use is opened for nobody, and waits for
whatever listens on it next.

## Bad
```nix lib/ports.nix
{
  databases.postgresql = 5432; # internal
}
```
```nix configuration.nix
let
  ports = import ./lib/ports.nix;
in
{
  services.postgresql = {
    enable = true;
    settings.port = ports.databases.postgresql;
  };
  networking.firewall.allowedTCPPorts = [ ports.databases.postgresql ];
}
```

## Good
```nix lib/ports.nix
{
  databases.postgresql = 5432; # internal
}
```
```nix configuration.nix
let
  ports = import ./lib/ports.nix;
in
{
  services.postgresql = {
    enable = true;
    settings.port = ports.databases.postgresql;
  };
}
```
"""

from collections.abc import Iterator

from port_registry.facts.identifiers import split
from port_registry.matching.host_listeners import OpenedPlace, entries, opened
from port_registry.matching.project import Project
from port_registry.model import Entry, Finding, Related, Severity, Span, format_name
from port_registry.sources.nix.fleet import Certainty, Host, Opening

NAME: str = "firewall-leak"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each place that opens too much."""
    known = entries(project)
    for place in opened(project):
        opening = place.first
        entry = None if opening.entry is None else known.named(opening.host, opening.entry)
        if entry is None:
            continue
        if entry.internal:
            if not opening.interface:
                yield _internal(entry, opening)
        elif _is_idle(project, place, entry):
            yield _idle(project, place, entry)


def _internal(entry: Entry, opening: Opening) -> Finding:
    name = format_name(entry.name)
    message = f"{name} is internal in the registry, and the firewall opens it; close it"
    return _finding(message, entry, opening.span)


def _idle(project: Project, place: OpenedPlace, entry: Entry) -> Finding:
    there = [host.name for host in project.fleet.hosts if entry.name in host.uses]
    here = ", ".join(dict.fromkeys(opening.host for opening in place.openings))
    message = (
        f"{format_name(entry.name)} is opened on {here}, where nothing uses it; it is used on"
        f" {', '.join(there)}"
    )
    return _finding(message, entry, place.first.span)


def _finding(message: str, entry: Entry, span: Span) -> Finding:
    related = (Related("declared here", entry.value_span),)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(format_name(entry.name),),
        related=related,
    )


def _is_idle(project: Project, place: OpenedPlace, entry: Entry) -> bool:
    """Return whether an entry is opened where only other hosts use it."""
    here = {opening.host for opening in place.openings}
    hosts = project.fleet.hosts
    return (
        all(opening.sureness is Certainty.CERTAIN for opening in place.openings)
        and any(entry.name in host.uses for host in hosts if host.name not in here)
        and not any(_may_use(host, entry) for host in hosts if host.name in here)
    )


def _may_use(host: Host, entry: Entry) -> bool:
    """Return whether something on `host` may listen on the port of `entry`."""
    if not host.name or not host.whole or entry.name in host.uses:
        return True
    words = set(split(entry.service))
    return any(
        listener.endpoint.ports.meets(entry.endpoint.ports) or words & set(split(listener.service))
        for listener in host.listeners
    )
