"""Listeners of web servers that share a port among sites: nginx and caddy."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.words import word_set
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.host_conditions import AppliedDefinition, Truth
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber, written_listener
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
"""Parts of a text for caddy that may change its ports."""


class _Site(model.NamedTuple):
    """One virtual host."""

    name: str | None
    """None where it is computed."""
    root: AttrPath
    certain: bool


class _ProxyPort(model.NamedTuple):
    """One port that a web server opens."""

    option: AttrPath
    """The option that sets the port of all sites; empty where a site sets its own."""
    number: OptionNumber | None
    """The port that a site sets; None for that of `option`, or its default."""
    default: int
    address: str | None
    certain: bool


def proxy_listeners(options: HostOptions) -> Iterator[HostListener]:
    """Yield the ports that the web servers of a host listen on, each with an address once."""
    for root, ports_of in ((_NGINX, _nginx), (_CADDY, _caddy)):
        enable = (*root, "enable")
        truth = options.truth(enable)
        enabling = options.effective(enable).definitions
        if truth is Truth.NO or not enabling:
            continue
        listeners: dict[model.Endpoint, HostListener] = {}
        for port in ports_of(options):
            certain = port.certain and truth is Truth.YES
            listener = _listener(options, root, port._replace(certain=certain), enabling[0])
            if listener is not None:
                known = listeners.get(listener.endpoint)
                if known is None or known.certainty is not model.Certainty.CERTAIN:
                    listeners[listener.endpoint] = listener
        yield from listeners.values()


def _listener(
    options: HostOptions, root: AttrPath, proxy_port: _ProxyPort, enabled: AppliedDefinition
) -> HostListener | None:
    """Return the listener of `proxy_port`, with the port that the host's files set."""
    number, certain = proxy_port.number, proxy_port.certain
    if number is None and proxy_port.option:
        effective = options.effective(proxy_port.option)
        if effective.definitions:
            number = next(options.numbers_of(effective.definitions[0]), None)
            certain = certain and effective.certain
            if number is None:
                return None
    port = model.port_from_int(proxy_port.default if number is None else number.value)
    if port is None:
        return None
    protocols = (model.Protocol.TCP,)
    endpoint = model.Endpoint(model.single(port), protocols, None, proxy_port.address)
    certainty = model.Certainty.CERTAIN if certain else model.Certainty.LIKELY
    service, option = str(root[-1]), proxy_port.option
    if number is not None:
        return written_listener(service, endpoint, number, option, certainty)
    return HostListener(
        service=service,
        endpoint=endpoint,
        origin=model.PortOrigin.IMPLIED,
        entry=None,
        option=option,
        span=enabled.definition.span,
        certainty=certainty,
    )


def _sites(options: HostOptions, root: AttrPath) -> list[_Site]:
    """Return the virtual hosts of the server whose options are below `root`."""
    sites: dict[AttrPath, _Site] = {}
    depth = len(root) + 1
    for applied in options.definitions_below((*root, "virtualHosts")):
        if len(applied.setting) <= depth:
            continue
        root_of_site = applied.setting[: depth + 1]
        known = sites.get(root_of_site)
        if known is None or not known.certain:
            certain = options.holds(applied) is Truth.YES
            sites[root_of_site] = _Site(applied.setting[depth], root_of_site, certain)
    return list(sites.values())


def _is_on(options: HostOptions, site: _Site, *names: str) -> Truth:
    """Return whether one of the options `names` of a site is on."""
    truths = {
        options.truth((*site.root, name))
        for name in names
        if options.definitions_at((*site.root, name))
    }
    if Truth.YES in truths:
        return Truth.YES
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.NO


def _nginx(options: HostOptions) -> Iterator[_ProxyPort]:
    """Yield the ports of nginx: those of each site, which are 80 and 443 by default."""
    has_defaults = not any(options.definitions_at((*_NGINX, option)) for option in _NGINX_GLOBAL)
    http = (*_NGINX, "defaultHTTPListenPort")
    https = (*_NGINX, "defaultSSLListenPort")
    sites = _sites(options, _NGINX)
    if not sites:
        yield _ProxyPort(http, None, _HTTP, None, certain=False)
    for site in sites:
        certain = site.certain and has_defaults
        certain = certain and not options.is_set_above((*site.root, ""))
        listen = options.definitions_below((*site.root, "listen"))
        if listen:
            yield from _listen_ports(options, site, listen)
            continue
        if options.definitions_at((*site.root, "listenAddresses")):
            certain = False
        only_https = _is_on(options, site, "onlySSL")
        if only_https is not Truth.YES:
            yield _ProxyPort(http, None, _HTTP, None, certain and only_https is Truth.NO)
        has_https = _is_on(options, site, "onlySSL", "addSSL", "forceSSL")
        if has_https is not Truth.NO:
            yield _ProxyPort(https, None, _HTTPS, None, certain and has_https is Truth.YES)


def _listen_ports(
    options: HostOptions, site: _Site, listen: list[AppliedDefinition]
) -> Iterator[_ProxyPort]:
    """Yield the ports in the `listen` of a site of nginx."""
    ports = [applied for applied in listen if applied.setting[-1] == "port"]
    addresses = [applied for applied in listen if applied.setting[-1] == "addr"]
    for index, applied in enumerate(ports):
        address = _text(addresses[index]) if len(addresses) == len(ports) else None
        certain = address is not None and options.holds(applied) is Truth.YES and site.certain
        for number in options.numbers_of(applied):
            if number is not None and not (address or "").startswith("unix:"):
                yield _ProxyPort((), number, 0, address, certain)


def _caddy(options: HostOptions) -> Iterator[_ProxyPort]:
    """Yield the ports of caddy: 80 and 443, or those in the names of sites."""
    has_defaults = not any(options.definitions_at((*_CADDY, option)) for option in _CADDY_GLOBAL)
    has_defaults = has_defaults and not any(
        map(_may_change_ports, options.definitions_at((*_CADDY, "globalConfig")))
    )
    for site in _sites(options, _CADDY):
        certain = site.certain and has_defaults
        certain = certain and not options.definitions_at((*site.root, "listenAddresses"))
        certain = certain and not any(
            map(_may_change_ports, options.definitions_at((*site.root, "extraConfig")))
        )
        names = site.name
        for applied in options.definitions_at((*site.root, "hostName")):
            names = _text(applied)
        if names is None:
            yield from _caddy_site_ports("computed", certain=False)
        else:
            for name in names.replace(",", " ").split():
                yield from _caddy_site_ports(name, certain=certain)


def _caddy_site_ports(name: str, *, certain: bool) -> Iterator[_ProxyPort]:
    """Yield the ports of the site of caddy that is called `name`."""
    scheme, separator, rest = name.rpartition("://")
    rest = rest.partition("/")[0]
    _, colon, digits = rest.rpartition(":")
    if colon and digits.isascii() and digits.isdigit():
        yield _ProxyPort((), None, int(digits[:6]), None, certain)
        return
    if not separator or scheme == "https":
        yield _ProxyPort((*_CADDY, "httpsPort"), None, _HTTPS, None, certain)
    yield _ProxyPort((*_CADDY, "httpPort"), None, _HTTP, None, certain and scheme != "https")


def _may_change_ports(applied: AppliedDefinition) -> bool:
    """Return whether a text for caddy may change its ports."""
    value = applied.definition.value
    if isinstance(value, StringValue):
        texts = [part for part in value.parts if isinstance(part, str)]
        return any(word in text for text in texts for word in _CADDY_WORDS)
    return isinstance(value, Opaque)


def _text(applied: AppliedDefinition) -> str | None:
    """Return the value of a definition that is one text without interpolation."""
    value = applied.definition.value
    if isinstance(value, StringValue) and all(isinstance(part, str) for part in value.parts):
        return "".join(part for part in value.parts if isinstance(part, str))
    return None
