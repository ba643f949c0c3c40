"""What web servers listen on that share a port among sites: nginx and caddy."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.model import Certainty, Endpoint, PortOrigin, Protocol, port_from_int, single
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber
from port_registry.sources.nix.module_facts import AttrPath, Opaque, StringValue

_NGINX: AttrPath = ("services", "nginx")
_CADDY: AttrPath = ("services", "caddy")

PROXIES = ("nginx", "caddy")
"""The web servers that are understood here."""

_HTTP = 80
_HTTPS = 443

_NGINX_GLOBAL = word_set("nixos", "nginx-wide-options")
"""Options of nginx that change what all of its sites listen on."""

_CADDY_GLOBAL = ("configFile", "settings", "adapter")

_CADDY_WORDS = ("_port", "auto_https", "default_bind", "bind ")
"""What a text for caddy may say that changes its ports."""


class _Site(NamedTuple):
    """One virtual host."""

    name: str | None
    """None where it is computed."""
    root: AttrPath
    certain: bool


class _ProxyPort(NamedTuple):
    """One port that a web server opens."""

    option: AttrPath
    """What sets the port for all sites; empty where a site does."""
    number: OptionNumber | None
    """What a site sets; None for what `option`, or its default, is."""
    default: int
    address: str | None
    certain: bool


def proxy_listeners(host: str, settings: HostOptions) -> Iterator[HostListener]:
    """Yield what the web servers of a host listen on, each port and address once."""
    for root, doors in ((_NGINX, _nginx), (_CADDY, _caddy)):
        enable = (*root, "enable")
        truth = settings.truth(enable)
        hits = settings.effective(enable).definitions
        if truth is Truth.NO or not hits:
            continue
        found: dict[Endpoint, HostListener] = {}
        for door in doors(settings):
            sure = door.certain and truth is Truth.YES
            listener = _listener(host, settings, root, door._replace(certain=sure), hits[0])
            if listener is not None:
                known = found.get(listener.endpoint)
                if known is None or known.certainty is not Certainty.CERTAIN:
                    found[listener.endpoint] = listener
        yield from found.values()


def _listener(
    host: str, settings: HostOptions, root: AttrPath, door: _ProxyPort, enabled: AppliedDefinition
) -> HostListener | None:
    """Return what `door` is, with the port that the host's files give it."""
    worth, sure = door.number, door.certain
    if worth is None and door.option:
        chosen = settings.effective(door.option)
        if chosen.definitions:
            worth, sure = (
                next(settings.numbers_of(chosen.definitions[0]), None),
                sure and chosen.certain,
            )
            if worth is None:
                return None
    port = port_from_int(door.default if worth is None else worth.number)
    if port is None:
        return None
    how = PortOrigin.IMPLIED
    if worth is not None:
        how = PortOrigin.REFERENCED if worth.entry else PortOrigin.WRITTEN
    return HostListener(
        host,
        str(root[-1]),
        Endpoint(single(port), (Protocol.TCP,), None, door.address),
        how,
        None if worth is None else worth.entry,
        door.option,
        enabled.definition.span if worth is None else worth.span,
        Certainty.CERTAIN if sure else Certainty.LIKELY,
    )


def _sites(settings: HostOptions, root: AttrPath) -> list[_Site]:
    """Return the virtual hosts of the server whose options are below `root`."""
    found: dict[AttrPath, _Site] = {}
    at = len(root) + 1
    for hit in settings.definitions_below((*root, "virtualHosts")):
        if len(hit.setting) <= at:
            continue
        root_of_site = hit.setting[: at + 1]
        known = found.get(root_of_site)
        if known is None or not known.certain:
            sure = settings.holds(hit) is Truth.YES
            found[root_of_site] = _Site(hit.setting[at], root_of_site, sure)
    return list(found.values())


def _is_on(settings: HostOptions, site: _Site, *options: str) -> Truth:
    """Return whether one of `options` of a site is on."""
    truths = {
        settings.truth((*site.root, option))
        for option in options
        if settings.definitions_at((*site.root, option))
    }
    if Truth.YES in truths:
        return Truth.YES
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.NO


def _nginx(settings: HostOptions) -> Iterator[_ProxyPort]:
    """Yield the ports of nginx: each site's, which are 80 and 443 unless it says more."""
    plain = not any(settings.definitions_at((*_NGINX, option)) for option in _NGINX_GLOBAL)
    http = (*_NGINX, "defaultHTTPListenPort")
    https = (*_NGINX, "defaultSSLListenPort")
    sites = _sites(settings, _NGINX)
    if not sites:
        yield _ProxyPort(http, None, _HTTP, None, certain=False)
    for site in sites:
        sure = site.certain and plain and not settings.is_set_above((*site.root, ""))
        listen = settings.definitions_below((*site.root, "listen"))
        if listen:
            yield from _listen_ports(settings, site, listen)
            continue
        if settings.definitions_at((*site.root, "listenAddresses")):
            sure = False
        only = _is_on(settings, site, "onlySSL")
        if only is not Truth.YES:
            yield _ProxyPort(http, None, _HTTP, None, sure and only is Truth.NO)
        secure = _is_on(settings, site, "onlySSL", "addSSL", "forceSSL")
        if secure is not Truth.NO:
            yield _ProxyPort(https, None, _HTTPS, None, sure and secure is Truth.YES)


def _listen_ports(
    settings: HostOptions, site: _Site, listen: list[AppliedDefinition]
) -> Iterator[_ProxyPort]:
    """Yield what the `listen` of a site of nginx lists."""
    ports = [hit for hit in listen if hit.setting[-1] == "port"]
    addresses = [hit for hit in listen if hit.setting[-1] == "addr"]
    for at, hit in enumerate(ports):
        address = _text(addresses[at]) if len(addresses) == len(ports) else None
        sure = address is not None and settings.holds(hit) is Truth.YES and site.certain
        for worth in settings.numbers_of(hit):
            if worth is not None and not (address or "").startswith("unix:"):
                yield _ProxyPort((), worth, 0, address, sure)


def _caddy(settings: HostOptions) -> Iterator[_ProxyPort]:
    """Yield the ports of caddy: 80 and 443, or what the name of a site says."""
    plain = not any(settings.definitions_at((*_CADDY, option)) for option in _CADDY_GLOBAL)
    plain = plain and not any(
        map(_may_change_ports, settings.definitions_at((*_CADDY, "globalConfig")))
    )
    for site in _sites(settings, _CADDY):
        sure = site.certain and plain
        sure = sure and not settings.definitions_at((*site.root, "listenAddresses"))
        sure = sure and not any(
            map(_may_change_ports, settings.definitions_at((*site.root, "extraConfig")))
        )
        names = site.name
        for hit in settings.definitions_at((*site.root, "hostName")):
            names = _text(hit)
        if names is None:
            yield from _caddy_site_ports("computed", sure=False)
        else:
            for name in names.replace(",", " ").split():
                yield from _caddy_site_ports(name, sure=sure)


def _caddy_site_ports(name: str, *, sure: bool) -> Iterator[_ProxyPort]:
    """Yield the ports of the site of caddy that is called `name`."""
    scheme, mark, rest = name.rpartition("://")
    rest = rest.partition("/")[0]
    _, colon, digits = rest.rpartition(":")
    if colon and digits.isascii() and digits.isdigit():
        yield _ProxyPort((), None, int(digits[:6]), None, sure)
        return
    if not mark or scheme == "https":
        yield _ProxyPort((*_CADDY, "httpsPort"), None, _HTTPS, None, sure)
    yield _ProxyPort((*_CADDY, "httpPort"), None, _HTTP, None, sure and scheme != "https")


def _may_change_ports(hit: AppliedDefinition) -> bool:
    """Return whether a text for caddy may change its ports."""
    value = hit.definition.value
    if isinstance(value, StringValue):
        texts = [part for part in value.parts if isinstance(part, str)]
        return any(word in text for text in texts for word in _CADDY_WORDS)
    return isinstance(value, Opaque)


def _text(hit: AppliedDefinition) -> str | None:
    """Return what a definition says where it is one whole text."""
    value = hit.definition.value
    if isinstance(value, StringValue) and all(isinstance(part, str) for part in value.parts):
        return "".join(part for part in value.parts if isinstance(part, str))
    return None
