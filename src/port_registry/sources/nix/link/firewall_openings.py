"""The ports that the firewall of a host opens."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.model import Certainty, PortRange, Protocol
from port_registry.sources.nix.fleet import FirewallOpening, HostListener
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.listeners import EnabledService
from port_registry.sources.nix.link.option_values import HostOptions
from port_registry.sources.nix.module_facts import AttrPath

_FIREWALL: AttrPath = ("networking", "firewall")

_PORTS = {"allowedTCPPorts": Protocol.TCP, "allowedUDPPorts": Protocol.UDP}
_RANGES = {"allowedTCPPortRanges": Protocol.TCP, "allowedUDPPortRanges": Protocol.UDP}


def written_openings(options: HostOptions) -> Iterator[FirewallOpening]:
    """Yield the ports that the host's files open by number."""
    ranges: dict[tuple[str, AttrPath], list[AppliedDefinition]] = {}
    for applied in options.definitions_below(_FIREWALL):
        interface, rest = _interface(applied.setting[len(_FIREWALL) :])
        head = rest[0] if rest else None
        if head in _PORTS and len(rest) == 1:
            for number, ports in options.ports_of(applied):
                yield FirewallOpening(
                    ports=ports,
                    protocol=_PORTS[head],
                    interface=interface,
                    entry=number.entry,
                    span=number.span,
                    certainty=options.certainty(applied),
                )
        elif head in _RANGES and len(rest) == 2:
            ranges.setdefault((applied.file, applied.setting[:-1]), []).append(applied)
    for definitions in ranges.values():
        yield from _range_openings(options, definitions)


def _range_openings(
    options: HostOptions, definitions: Sequence[AppliedDefinition]
) -> Iterator[FirewallOpening]:
    """Yield the ranges that pairs of `from` and `to` make, in order of the file."""
    lows = [applied for applied in definitions if applied.setting[-1] == "from"]
    highs = [applied for applied in definitions if applied.setting[-1] == "to"]
    if len(lows) != len(highs):
        return
    for low, high in zip(lows, highs, strict=True):
        first, last = next(options.ports_of(low), None), next(options.ports_of(high), None)
        if first is None or last is None:
            continue
        interface, rest = _interface(low.setting[len(_FIREWALL) :])
        yield FirewallOpening(
            ports=PortRange(first[1].first, last[1].last),
            protocol=_RANGES[rest[0] or ""],
            interface=interface,
            entry=first[0].entry if first[0].entry == last[0].entry else None,
            span=first[0].span,
            certainty=options.certainty(low),
        )


def _interface(rest: AttrPath) -> tuple[str, AttrPath]:
    """Return the interface of a firewall option, empty for all, and the steps after it."""
    if rest[:1] == ("interfaces",) and len(rest) > 2:
        return rest[1] or "*", rest[2:]
    return "", rest


def service_openings(
    options: HostOptions, service: EnabledService, listeners: Iterable[HostListener]
) -> Iterator[FirewallOpening]:
    """Yield the ports that a service opens for itself: `openFirewall = true;`."""
    firewall_options = {fact.option: fact.open_firewall for fact in service.facts}
    for listener in listeners:
        option = firewall_options.get(tuple(step or "" for step in listener.option))
        definitions = options.effective(option, service.side).definitions if option else ()
        if not option or not definitions or options.truth(option, service.side) is Truth.NO:
            continue
        is_open = options.truth(option, service.side) is Truth.YES
        for protocol in listener.endpoint.protocols:
            yield FirewallOpening(
                ports=listener.endpoint.ports,
                protocol=protocol,
                interface="",
                entry=listener.entry,
                span=definitions[0].definition.span,
                certainty=listener.certainty if is_open else Certainty.LIKELY,
            )
