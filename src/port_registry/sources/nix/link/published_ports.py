"""Listeners of published container ports and of systemd's sockets."""

from collections.abc import Iterator

from port_registry import model
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link import addresses, host_conditions, option_values
from port_registry.sources.nix.module_facts import AttrPath

_CONTAINERS: AttrPath = ("virtualisation", "oci-containers", "containers")
_SOCKETS: AttrPath = ("systemd", "sockets")

_STREAMS = {
    "listenStreams": model.Protocol.TCP,
    "ListenStream": model.Protocol.TCP,
    "listenDatagrams": model.Protocol.UDP,
    "ListenDatagram": model.Protocol.UDP,
}


class PublishedContainerPort(model.NamedTuple):
    """The host's side of `127.0.0.1:8080:80/tcp`."""

    ports: model.PortRange
    number: option_values.OptionNumber | None
    """The number or reference that sets it; None for a range."""
    address: str | None
    protocol: model.Protocol


def container_listeners(options: option_values.HostOptions) -> Iterator[HostListener]:
    """Yield the ports that the containers of a host publish."""
    depth = len(_CONTAINERS)
    for applied in options.definitions_below(_CONTAINERS):
        name = applied.setting[depth] if len(applied.setting) > depth else None
        if applied.setting[depth + 1 :] != ("ports",) or name is None:
            continue
        auto_start = (*_CONTAINERS, name, "autoStart")
        certain = not options.definitions_at(auto_start)
        certain = certain or options.truth(auto_start) is host_conditions.Truth.YES
        certainty = options.certainty(applied) if certain else model.Certainty.LIKELY
        for option_text, span in options.texts_of(applied):
            published = parse_published_port(option_text, span)
            if published is not None:
                yield _listener(name, applied, published, certainty)


def socket_listeners(options: option_values.HostOptions) -> Iterator[HostListener]:
    """Yield the ports that systemd listens on for the sockets that a host's files define."""
    depth = len(_SOCKETS)
    for applied in options.definitions_below(_SOCKETS):
        name = applied.setting[depth] if len(applied.setting) > depth else None
        protocol = _STREAMS.get(applied.setting[-1] or "")
        if name is None or protocol is None:
            continue
        for option_text, span in options.texts_of(applied):
            address = addresses.address_in(option_text.text)
            if address is None:
                continue
            number = option_text.number_at(address.start, address.end)
            value = int(option_text.text[address.start : address.end])
            port = model.port_from_int(value)
            if port is not None:
                number = number or option_values.OptionNumber(value, None, span)
                published = PublishedContainerPort(
                    model.PortRange(port, port), number, address.host or None, protocol
                )
                yield _listener(name, applied, published, options.certainty(applied))


def _listener(
    service: str,
    applied: host_conditions.AppliedDefinition,
    published: PublishedContainerPort,
    certainty: model.Certainty,
) -> HostListener:
    endpoint = model.Endpoint(published.ports, (published.protocol,), None, published.address)
    range_start = option_values.OptionNumber(published.ports.first, None, applied.definition.span)
    number = published.number or range_start
    return option_values.written_listener(service, endpoint, number, applied.setting, certainty)


def parse_published_port(
    option_text: option_values.OptionText, span: model.Span
) -> PublishedContainerPort | None:
    """Parse `8080:80`, `127.0.0.1:8080:80/udp`, `9000-9010:9000-9010`.

    None where the host's port is chosen at random, or not known.
    """
    text, _, suffix = option_text.text.partition("/")
    host_side, colon, _ = text.rpartition(":")
    if not colon or "\0" in host_side.rpartition(":")[2]:
        return None
    address, _, digits = host_side.rpartition(":")
    start = len(host_side) - len(digits)
    first, dash, last = digits.partition("-")
    low, high = _port(first), _port(last if dash else first)
    if low is None or high is None or high.first < low.first:
        return None
    protocol = model.Protocol.UDP if suffix == "udp" else model.Protocol.TCP
    number = None
    if not dash:
        number = option_text.number_at(start, len(host_side)) or option_values.OptionNumber(
            low.first, None, span
        )
    address = address.strip("[]")
    known_address = None if "\0" in address else address or "*"
    return PublishedContainerPort(
        model.PortRange(low.first, high.first), number, known_address, protocol
    )


def _port(digits: str) -> model.PortRange | None:
    if not digits.isascii() or not digits.isdigit() or len(digits) > 5:
        return None
    port = model.port_from_int(int(digits))
    return None if port is None else model.PortRange(port, port)
