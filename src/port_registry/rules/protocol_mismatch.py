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
    places = opened_places(project)
    opened = {
        (opening.machine, opening.use.entry, opening.protocol)
        for openings in places
        for opening in openings
    }
    for opening, *_ in places:
        entry = opening.entry
        if entry is None or not _is_wrong(entry, opening):
            continue
        right = {(opening.machine, opening.use.entry, protocol) for protocol in entry.protocols}
        if entry.protocol_source is not model.ProtocolSource.KNOWN or opened.isdisjoint(right):
            yield _finding(entry, opening)


def _is_wrong(entry: model.Entry, opening: Opening) -> bool:
    """Return whether `entry` surely does not use the protocol that `opening` lets in."""
    if opening.protocol in entry.endpoint.protocols:
        return False
    is_http = entry.protocol_source is model.ProtocolSource.KNOWN and entry.ports.first in _HTTP
    return not is_http and entry.protocol_source is not model.ProtocolSource.ASSUMED


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
