"""Heuristic listeners: options named like ports, of services without known defaults.

`services.loki.configuration.server.http_listen_port` may be a port that loki listens on: an
option of an enabled service that is named for a port.
"""

from collections.abc import Collection, Iterator

from port_registry import model
from port_registry.facts import identifiers, services
from port_registry.facts.words import word_list
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.addresses import is_address
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.listeners import OTHER_SERVICE_WORDS
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber, written_listener
from port_registry.sources.nix.link.proxies import PROXIES
from port_registry.sources.nix.module_facts import AttrPath

_ADDRESSES = word_list("addresses", "host-attributes")
"""Names of options that hold the address of the port next to them."""

_TUNNELS: tuple[AttrPath, ...] = (
    ("networking", "wireguard", "interfaces"),
    ("networking", "wg-quick", "interfaces"),
    ("systemd", "network", "netdevs"),
)
"""Options below which tunnels are defined."""


def option_listeners(options: HostOptions, known: Collection[AttrPath]) -> Iterator[HostListener]:
    """Yield the possible listeners of a host, without those that the options `known` set."""
    for head in options.heads("services"):
        for applied in options.definitions_below(head) if head[1] not in PROXIES else ():
            root = _enabled_root(options, applied) if applied.setting not in known else ()
            if root and _is_port(applied):
                for number, ports in options.ports_of(applied):
                    yield _listener(options, applied, root, number, ports)


def tunnel_listeners(options: HostOptions) -> Iterator[HostListener]:
    """Yield the ports that the WireGuard tunnels of a host listen on."""
    for root in _TUNNELS:
        for applied in options.definitions_below(root):
            last = applied.setting[-1]
            if last is None or last.casefold() != "listenport" or len(applied.setting) < 5:
                continue
            name, certainty = applied.setting[len(root)] or "wireguard", options.certainty(applied)
            for number, ports in options.ports_of(applied):
                endpoint = model.Endpoint(ports, (model.Protocol.UDP,), None, None)
                yield written_listener(name, endpoint, number, applied.setting, certainty)


def _is_port(applied: AppliedDefinition) -> bool:
    """Return whether an option is named for a port of its service, and of no other."""
    steps = [step for step in applied.setting[2:] if step is not None]
    words = [word for step in steps for word in identifiers.split(step)]
    last = identifiers.split(steps[-1]) if steps and applied.setting[-1] is not None else []
    return last[-1:] in (["port"], ["ports"]) and not OTHER_SERVICE_WORDS & set(words)


def _enabled_root(options: HostOptions, applied: AppliedDefinition) -> AttrPath:
    """Return the path of the innermost set around an option that is enabled.

    It is empty where nothing enables the service, or something disables it.
    """
    root: AttrPath = ()
    for size in range(2, len(applied.setting)):
        enable = (*applied.setting[:size], "enable")
        if options.definitions_at(enable, applied.side):
            if options.truth(enable, applied.side) is Truth.NO:
                return ()
            root = applied.setting[:size]
    return root


def _listener(
    options: HostOptions,
    applied: AppliedDefinition,
    root: AttrPath,
    number: OptionNumber,
    ports: model.PortRange,
) -> HostListener:
    entry = options.entry_of_number(number)
    name = applied.setting[1] or ""
    protocols = services.protocols_on((name,), ports) or (model.Protocol.TCP,)
    if entry is not None:
        protocols = entry.endpoint.protocols
    address: str | None = None
    for word in _ADDRESSES:
        for sibling in options.definitions_at((*applied.setting[:-1], word), applied.side):
            for option_text, _ in options.texts_of(sibling):
                address = option_text.text if is_address(option_text.text) else address
    endpoint = model.Endpoint(ports, protocols, None, address or None)
    # A port next to an `enable` is the service's own, whatever module it is of.
    certainty = model.Certainty.POSSIBLE
    if applied.setting == (*root, "port") and options.truth((*root, "enable")) is Truth.YES:
        certainty = model.Certainty.LIKELY
    return written_listener(name, endpoint, number, applied.setting, certainty)
