"""Listeners that the names of options tell, of services that no fact is known of.

`services.loki.configuration.server.http_listen_port` may be a port that loki listens on: an
option of an enabled service that is named for a port.
"""

from collections.abc import Collection, Iterator

from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list
from port_registry.model import (
    Certainty,
    Endpoint,
    Port,
    PortOrigin,
    Protocol,
    port_from_int,
    single,
)
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.addresses import is_address
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.listeners import OTHER_SERVICE_WORDS
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber
from port_registry.sources.nix.link.proxies import PROXIES
from port_registry.sources.nix.module_facts import AttrPath

_ADDRESSES = word_list("addresses", "host-attributes")
"""What options beside a port are called that hold its address."""

_TUNNELS: tuple[AttrPath, ...] = (
    ("networking", "wireguard", "interfaces"),
    ("networking", "wg-quick", "interfaces"),
    ("systemd", "network", "netdevs"),
)
"""Options below which tunnels are set up."""


def option_listeners(
    host: str, settings: HostOptions, known: Collection[AttrPath]
) -> Iterator[HostListener]:
    """Yield the possible listeners of a host, but for what the options `known` set."""
    for head in settings.heads("services"):
        for hit in settings.definitions_below(head) if head[1] not in PROXIES else ():
            if hit.setting not in known and _is_port(hit) and _is_enabled(settings, hit):
                for worth in settings.numbers_of(hit):
                    port = None if worth is None else port_from_int(worth.number)
                    if worth is not None and port is not None:
                        yield _listener(host, settings, hit, worth, port)


def tunnel_listeners(host: str, settings: HostOptions) -> Iterator[HostListener]:
    """Yield what the WireGuard tunnels of a host listen on."""
    for root in _TUNNELS:
        for hit in settings.definitions_below(root):
            last = hit.setting[-1]
            if last is None or last.casefold() != "listenport" or len(hit.setting) < 5:
                continue
            for worth in settings.numbers_of(hit):
                port = None if worth is None else port_from_int(worth.number)
                if worth is not None and port is not None:
                    sure = settings.holds(hit) is Truth.YES
                    yield HostListener(
                        host,
                        hit.setting[len(root)] or "wireguard",
                        Endpoint(single(port), (Protocol.UDP,), None, None),
                        PortOrigin.REFERENCED if worth.entry else PortOrigin.WRITTEN,
                        worth.entry,
                        hit.setting,
                        worth.span,
                        Certainty.CERTAIN if sure else Certainty.LIKELY,
                    )


def _is_port(hit: AppliedDefinition) -> bool:
    """Return whether an option is named for a port of the service's own."""
    steps = [step for step in hit.setting[2:] if step is not None]
    words = [word for step in steps for word in split(step)]
    last = split(steps[-1]) if steps and hit.setting[-1] is not None else []
    return last[-1:] in (["port"], ["ports"]) and not OTHER_SERVICE_WORDS & set(words)


def _is_enabled(settings: HostOptions, hit: AppliedDefinition) -> bool:
    """Return whether the service of an option is enabled, as far as that is said."""
    said = [
        settings.truth(enable, hit.side)
        for size in range(2, len(hit.setting))
        if settings.definitions_at(enable := (*hit.setting[:size], "enable"), hit.side)
    ]
    return bool(said) and Truth.NO not in said


def _listener(
    host: str, settings: HostOptions, hit: AppliedDefinition, worth: OptionNumber, port: Port
) -> HostListener:
    entry = settings.entry_of_number(worth)
    name = hit.setting[1] or ""
    protocols = services.protocols_on((name,), single(port)) or (Protocol.TCP,)
    if entry is not None:
        protocols = entry.endpoint.protocols
    address: str | None = None
    for word in _ADDRESSES:
        for beside in settings.definitions_at((*hit.setting[:-1], word), hit.side):
            for shown, _ in settings.texts_of(beside):
                address = shown.text if is_address(shown.text) else address
    return HostListener(
        host,
        name,
        Endpoint(single(port), protocols, None, address or None),
        PortOrigin.REFERENCED if worth.entry else PortOrigin.WRITTEN,
        worth.entry,
        hit.setting,
        worth.span,
        Certainty.POSSIBLE,
    )
