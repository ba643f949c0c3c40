"""What a host's firewall lets in."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.model import Certainty, PortRange, Protocol, port_from_int, single
from port_registry.sources.nix.fleet import FirewallOpening, HostListener
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.listeners import EnabledService
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber
from port_registry.sources.nix.module_facts import AttrPath

_FIREWALL: AttrPath = ("networking", "firewall")

_PORTS = {"allowedTCPPorts": Protocol.TCP, "allowedUDPPorts": Protocol.UDP}
_RANGES = {"allowedTCPPortRanges": Protocol.TCP, "allowedUDPPortRanges": Protocol.UDP}


def written_openings(host: str, settings: HostOptions) -> Iterator[FirewallOpening]:
    """Yield the ports that the host's files open by number."""
    ranges: dict[tuple[str, AttrPath], list[AppliedDefinition]] = {}
    for hit in settings.definitions_below(_FIREWALL):
        interface, rest = _interface(hit.setting[len(_FIREWALL) :])
        head = rest[0] if rest else None
        if head in _PORTS and len(rest) == 1:
            for worth in settings.numbers_of(hit):
                found = None if worth is None else _port(worth)
                if worth is not None and found is not None:
                    yield FirewallOpening(
                        host, found, _PORTS[head], interface, worth.entry, worth.span,
                        _certainty(settings, hit),
                    )  # fmt: skip
        elif head in _RANGES and len(rest) == 2:
            ranges.setdefault((hit.file, hit.setting[:-1]), []).append(hit)
    for hits in ranges.values():
        yield from _range_openings(host, settings, hits)


def _range_openings(
    host: str, settings: HostOptions, hits: Sequence[AppliedDefinition]
) -> Iterator[FirewallOpening]:
    """Yield the ranges that pairs of `from` and `to` make, in the order they stand."""
    lows = [hit for hit in hits if hit.setting[-1] == "from"]
    highs = [hit for hit in hits if hit.setting[-1] == "to"]
    if len(lows) != len(highs):
        return
    for low, high in zip(lows, highs, strict=True):
        first, last = next(settings.numbers_of(low), None), next(settings.numbers_of(high), None)
        ports = (_port(first) if first else None, _port(last) if last else None)
        if first is None or last is None or ports[0] is None or ports[1] is None:
            continue
        interface, rest = _interface(low.setting[len(_FIREWALL) :])
        yield FirewallOpening(
            host,
            PortRange(ports[0].first, ports[1].last),
            _RANGES[rest[0] or ""],
            interface,
            first.entry if first.entry == last.entry else None,
            first.span,
            _certainty(settings, low),
        )


def _interface(rest: AttrPath) -> tuple[str, AttrPath]:
    """Return the interface that `rest` is about, empty for all, and what is set of it."""
    if rest[:1] == ("interfaces",) and len(rest) > 2:
        return rest[1] or "*", rest[2:]
    return "", rest


def _port(worth: OptionNumber) -> PortRange | None:
    port = port_from_int(worth.number)
    return None if port is None else single(port)


def _certainty(settings: HostOptions, hit: AppliedDefinition) -> Certainty:
    return Certainty.CERTAIN if settings.holds(hit) is Truth.YES else Certainty.LIKELY


def service_openings(
    host: str, settings: HostOptions, service: EnabledService, listeners: Iterable[HostListener]
) -> Iterator[FirewallOpening]:
    """Yield what a service opens for itself: `openFirewall = true;`."""
    options = {fact.option: fact.open_firewall for fact in service.facts}
    for listener in listeners:
        option = options.get(_option_name(listener.option))
        hits = settings.effective(option, service.side).definitions if option else ()
        if not option or not hits or settings.truth(option, service.side) is Truth.NO:
            continue
        sure = settings.truth(option, service.side) is Truth.YES
        for protocol in listener.endpoint.protocols:
            yield FirewallOpening(
                host,
                listener.endpoint.ports,
                protocol,
                "",
                listener.entry,
                hits[0].definition.span,
                listener.certainty if sure else Certainty.LIKELY,
            )


def _option_name(setting: AttrPath) -> tuple[str, ...]:
    return tuple(step or "" for step in setting)
