"""What containers publish on a host, and what systemd listens on for its units."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import (
    Certainty,
    Endpoint,
    PortOrigin,
    PortRange,
    Protocol,
    Span,
    port_from_int,
)
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.addresses import address_in
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber, OptionText
from port_registry.sources.nix.module_facts import AttrPath

_CONTAINERS: AttrPath = ("virtualisation", "oci-containers", "containers")
_SOCKETS: AttrPath = ("systemd", "sockets")

_STREAMS = {
    "listenStreams": Protocol.TCP,
    "ListenStream": Protocol.TCP,
    "listenDatagrams": Protocol.UDP,
    "ListenDatagram": Protocol.UDP,
}


class PublishedContainerPort(NamedTuple):
    """The host's side of `127.0.0.1:8080:80/tcp`."""

    ports: PortRange
    number: OptionNumber | None
    """The number or reference that makes it; None for a range."""
    address: str | None
    protocol: Protocol


def container_listeners(host: str, settings: HostOptions) -> Iterator[HostListener]:
    """Yield what the containers of a host publish."""
    at = len(_CONTAINERS)
    for hit in settings.definitions_below(_CONTAINERS):
        name = hit.setting[at] if len(hit.setting) > at else None
        if hit.setting[at + 1 :] != ("ports",) or name is None:
            continue
        started = (*_CONTAINERS, name, "autoStart")
        sure = not settings.definitions_at(started) or settings.truth(started) is Truth.YES
        sure = sure and settings.holds(hit) is Truth.YES
        for shown, span in settings.texts_of(hit):
            found = parse_published_port(shown, span)
            if found is not None:
                yield _listener((host, name), hit, found, _certainty(certain=sure))


def socket_listeners(host: str, settings: HostOptions) -> Iterator[HostListener]:
    """Yield what systemd listens on by the sockets that a host's files define."""
    at = len(_SOCKETS)
    for hit in settings.definitions_below(_SOCKETS):
        name = hit.setting[at] if len(hit.setting) > at else None
        protocol = _STREAMS.get(hit.setting[-1] or "")
        if name is None or protocol is None:
            continue
        for shown, span in settings.texts_of(hit):
            found = address_in(shown.text)
            if found is None:
                continue
            worth = shown.number_at(found.start, found.end)
            number = int(shown.text[found.start : found.end])
            port = port_from_int(number)
            if port is not None:
                worth = worth or OptionNumber(number, None, span)
                bound = PublishedContainerPort(
                    PortRange(port, port), worth, found.host or None, protocol
                )
                yield _listener(
                    (host, name), hit, bound, _certainty(certain=settings.holds(hit) is Truth.YES)
                )


def _listener(
    whose: tuple[str, str],
    hit: AppliedDefinition,
    found: PublishedContainerPort,
    sureness: Certainty,
) -> HostListener:
    worth = found.number
    return HostListener(
        whose[0],
        whose[1],
        Endpoint(found.ports, (found.protocol,), None, found.address),
        PortOrigin.REFERENCED if worth is not None and worth.entry else PortOrigin.WRITTEN,
        None if worth is None else worth.entry,
        hit.setting,
        hit.definition.span if worth is None else worth.span,
        sureness,
    )


def _certainty(*, certain: bool) -> Certainty:
    return Certainty.CERTAIN if certain else Certainty.LIKELY


def parse_published_port(shown: OptionText, span: Span) -> PublishedContainerPort | None:
    """Read `8080:80`, `127.0.0.1:8080:80/udp`, `9000-9010:9000-9010`.

    None where the host's port is left to chance, or not known.
    """
    text, _, suffix = shown.text.partition("/")
    outer, colon, _ = text.rpartition(":")
    if not colon or "\0" in outer.rpartition(":")[2]:
        return None
    address, _, digits = outer.rpartition(":")
    start = len(outer) - len(digits)
    first, dash, last = digits.partition("-")
    low, high = _port(first), _port(last if dash else first)
    if low is None or high is None or high.first < low.first:
        return None
    protocol = Protocol.UDP if suffix == "udp" else Protocol.TCP
    worth = None
    if not dash:
        worth = shown.number_at(start, len(outer)) or OptionNumber(low.first, None, span)
    address = address.strip("[]")
    known = None if "\0" in address else address or "*"
    return PublishedContainerPort(PortRange(low.first, high.first), worth, known, protocol)


def _port(digits: str) -> PortRange | None:
    if not digits.isascii() or not digits.isdigit() or len(digits) > 5:
        return None
    port = port_from_int(int(digits))
    return None if port is None else PortRange(port, port)
