"""A port is opened in the firewall for a protocol that its entry does not use."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching.firewall_openings import Opening, opened_places
from port_registry.matching.project import Project

NAME: str = "protocol-mismatch"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True

_HTTP = (80, 443, 8443)
"""Ports of web servers, which use HTTP/3 over UDP as well."""


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each place that opens a port for the wrong protocol."""
    places = list(opened_places(project))
    opened = {_key(opening) for place in places for opening in place.openings}
    for place in places:
        opening, entry = place.first, place.first.entry
        if entry is None or not _is_wrong(entry, opening):
            continue
        right = {(*_key(opening)[:2], protocol) for protocol in entry.endpoint.protocols}
        if entry.protocol_source is model.ProtocolSource.KNOWN and opened & right:
            continue
        yield _finding(entry, opening)


def _key(opening: Opening) -> tuple[str, model.Name, model.Protocol]:
    return opening.machine, opening.use.entry, opening.protocol


def _is_wrong(entry: model.Entry, opening: Opening) -> bool:
    """Return whether `entry` surely does not use the protocol that `opening` lets in."""
    if opening.protocol in entry.endpoint.protocols:
        return False
    if entry.protocol_source is model.ProtocolSource.KNOWN:
        return entry.endpoint.ports.first not in _HTTP
    return entry.protocol_source is model.ProtocolSource.STATED


def _finding(entry: model.Entry, opening: Opening) -> model.Finding:
    name = model.format_name(entry.name)
    protocols = [protocol.value.upper() for protocol in entry.endpoint.protocols]
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{name} uses {'/'.join(protocols)}, and is opened for"
        f" {opening.protocol.value.upper()}; move it to allowed{protocols[0]}Ports",
        span=opening.use.span,
        entries=(name,),
        related=(model.Related("declared here", entry.value_span),),
    )
