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
from port_registry.matching.firewall_openings import OpenedPlace, Opening, opened_places
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.model import (
    Certainty,
    Entry,
    Finding,
    Machine,
    Related,
    Role,
    Severity,
    Span,
    format_name,
)

NAME: str = "firewall-leak"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each place that opens too much."""
    for place in opened_places(project):
        opening = place.first
        entry = opening.entry
        if entry is None:
            continue
        if entry.internal:
            if not opening.use.interface:
                yield _internal(entry, opening)
        elif _is_idle(project, place, entry):
            yield _idle(project, place, entry)


def _internal(entry: Entry, opening: Opening) -> Finding:
    name = format_name(entry.name)
    message = f"{name} is internal in the registry, and the firewall opens it; close it"
    return _finding(message, entry, opening.use.span)


def _idle(project: Project, place: OpenedPlace, entry: Entry) -> Finding:
    there = [host.name for host in hosts(project) if entry.name in host.referenced]
    here = ", ".join(dict.fromkeys(opening.machine for opening in place.openings))
    message = (
        f"{format_name(entry.name)} is opened on {here}, where nothing uses it; it is used on"
        f" {', '.join(there)}"
    )
    return _finding(message, entry, place.first.use.span)


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
    here = {opening.machine for opening in place.openings}
    known = hosts(project)
    return (
        all(opening.use.certainty is Certainty.CERTAIN for opening in place.openings)
        and any(entry.name in host.referenced for host in known if host.name not in here)
        and not any(_may_use(host, entry) for host in known if host.name in here)
    )


def _may_use(host: Machine, entry: Entry) -> bool:
    """Return whether something on `host` may listen on the port of `entry`."""
    if not host.name or not host.complete or entry.name in host.referenced:
        return True
    words = set(split(entry.service))
    return any(
        (use.ports is not None and use.ports.meets(entry.endpoint.ports))
        or words & set(split(use.service))
        for use in host.uses()
        if use.role is Role.LISTENS
    )
