"""A port is opened in the firewall for a protocol that its entry does not use.

## Why
`allowedTCPPorts` lets in nothing of what a UDP service waits for: the service starts, and
nobody reaches it. The entry's protocol is what the registry says (`# udp`), or what the
well-known service on its own port uses; where neither tells, nothing is said, nor where the
same port is opened for the right protocol as well because of what is well known.

## Bad
```nix lib/ports.nix
{
  infrastructure.wireguard = 51820; # udp
}
```
```nix configuration.nix
let
  ports = import ./lib/ports.nix;
in
{
  networking.firewall.allowedTCPPorts = [ ports.infrastructure.wireguard ];
}
```

## Good
```nix lib/ports.nix
{
  infrastructure.wireguard = 51820; # udp
}
```
```nix configuration.nix
let
  ports = import ./lib/ports.nix;
in
{
  networking.firewall.allowedUDPPorts = [ ports.infrastructure.wireguard ];
}
```
"""

from collections.abc import Iterator

from port_registry.matching.firewall_openings import Opening, opened_places
from port_registry.matching.project import Project
from port_registry.model import (
    Entry,
    Finding,
    Name,
    Protocol,
    ProtocolSource,
    Related,
    Severity,
    format_name,
)

NAME: str = "protocol-mismatch"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True

_HTTP = (80, 443, 8443)
"""Ports of web servers, which speak HTTP/3 over UDP too."""


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each place that opens a port for the wrong protocol."""
    places = list(opened_places(project))
    both = {_key(opening) for place in places for opening in place.openings}
    for place in places:
        opening, entry = place.first, place.first.entry
        if entry is None or not _is_wrong(entry, opening):
            continue
        right = {(*_key(opening)[:2], protocol) for protocol in entry.endpoint.protocols}
        if entry.protocol_source is ProtocolSource.KNOWN and both & right:
            continue
        yield _finding(entry, opening)


def _key(opening: Opening) -> tuple[str, Name, Protocol]:
    return opening.machine, opening.use.entry, opening.protocol


def _is_wrong(entry: Entry, opening: Opening) -> bool:
    """Return whether `entry` surely does not use the protocol that `opening` lets in."""
    if opening.protocol in entry.endpoint.protocols:
        return False
    if entry.protocol_source is ProtocolSource.KNOWN:
        return entry.endpoint.ports.first not in _HTTP
    return entry.protocol_source is ProtocolSource.STATED


def _finding(entry: Entry, opening: Opening) -> Finding:
    name = format_name(entry.name)
    ours = "/".join(protocol.value.upper() for protocol in entry.endpoint.protocols)
    message = (
        f"{name} uses {ours}, and is opened for {opening.protocol.value.upper()}; move it to"
        f" allowed{ours.partition('/')[0]}Ports"
    )
    related = (Related("declared here", entry.value_span),)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=opening.use.span,
        entries=(name,),
        related=related,
    )
