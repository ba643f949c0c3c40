"""Targets of `wait`: entries, ports and URLs."""

import os
from enum import Enum
from urllib.parse import SplitResult, urlsplit

from port_registry.facts import services
from port_registry.matching.locality import is_local_host
from port_registry.model import (
    Endpoint,
    NamedTuple,
    Port,
    PortRegistryError,
    Protocol,
    Registry,
    UsageError,
    single,
)
from port_registry.project.discovery import CONFIG_NAME, find_root
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import parse_port_argument
from port_registry.project.workspace import Request, open_workspace
from port_registry.registry.locate import WELL_KNOWN
from port_registry.runtime.listen_requests import ListenRequest
from port_registry.runtime.port_query import resolve_port_query
from port_registry.system.connect_probe import HttpPage
from port_registry.system.host import is_this_host

_SCHEME_PROTOCOLS = {"tcp": Protocol.TCP, "udp": Protocol.UDP}
_HTTP = ("http", "https")
_PORTS = {"http": Port(80), "https": Port(443), "ws": Port(80), "wss": Port(443)}
_LOCALHOST = "localhost"


class Until(Enum):
    """The state to wait for."""

    THERE = "there"
    CLOSED = "closed"


class WaitRequest(NamedTuple):
    """What to wait for at every target, and how long."""

    until: Until
    page: str | None
    """The page to request with HTTP."""
    command: str | None
    """The shell command that must exit with 0."""
    timeout: float
    """In seconds."""


class WaitTarget(NamedTuple):
    """One target to wait for."""

    request: ListenRequest
    """What is to listen; its title is as the user wrote it, without the secrets of a URL."""
    host: str
    """The host that a client would connect to."""
    is_local: bool
    """Whether it is on this machine."""
    page: HttpPage | None
    """The page to request from it."""


def wait_targets(
    texts: tuple[str, ...], request: Request, wait_request: WaitRequest
) -> tuple[WaitTarget, ...]:
    """Return the targets that `texts` name.

    Only entries need a registry. Raises `UsageError` where a target cannot be waited for, and
    what reading the registry raises.
    """
    texts = tuple(map(_with_scheme, texts))
    registry = _registry(texts, request)
    targets = tuple(_target(text, registry, wait_request.page) for text in texts)
    for target in targets:
        _require_observable(target, wait_request)
    return targets


def _is_local(host: str) -> bool:
    return is_local_host(host) or is_this_host(host)


def _with_scheme(text: str) -> str:
    """Return `localhost:6379` as the URL that it is short for; other texts as they are."""
    host, colon, port = text.rpartition(":")
    is_port = bool(colon) and port.isascii() and port.isdigit()
    return f"tcp://{text}" if is_port and not any(char in host for char in '"/') else text


def _registry(texts: tuple[str, ...], request: Request) -> Registry | None:
    """Return the registry; None where it is not needed and not at hand."""
    names = [text for text in texts if "://" not in text]
    is_needed = request.registry is not None or any(
        parse_port_argument(name) is None for name in names
    )
    # Whether there is a registry that can be found without a search of every folder.
    root = find_root(request.start)
    is_at_hand = any(
        os.path.isfile(os.path.join(root, path)) for path in (CONFIG_NAME, *WELL_KNOWN)
    )
    if not names or not (is_needed or is_at_hand):
        return None
    try:
        return load_registry(open_workspace(request))
    except PortRegistryError:
        if is_needed:
            raise
        return None


def _target(text: str, registry: Registry | None, page: str | None) -> WaitTarget:
    if "://" in text:
        return _url_target(text, page)
    number = parse_port_argument(text)
    if registry is None:
        if number is None:
            raise UsageError(f"`{text}` is neither a port nor a URL")
        return _endpoint_target(text, Endpoint(single(number), (Protocol.TCP,)), page)
    if number is None and ":" in text and '"' not in text:
        raise UsageError(
            f"`{text}` is not an entry, a port or a URL",
            hint="a host needs a port after it: `port-registry wait localhost:6379`",
        )
    query = resolve_port_query(registry, text)
    if number is not None:
        declared = {protocol for entry in query.entries for protocol in entry.protocols}
        protocols = tuple(sorted(declared, key=lambda protocol: protocol.value))
        endpoint = Endpoint(single(number), protocols or (Protocol.TCP,))
        return _endpoint_target(text, endpoint, page)
    endpoint = query.entries[0].endpoint
    return _endpoint_target(f"{text} ({endpoint.ports})", endpoint, page)


def _endpoint_target(title: str, endpoint: Endpoint, page: str | None) -> WaitTarget:
    is_local = endpoint.host is None or _is_local(endpoint.host)
    address = (endpoint.address or "").strip("[]")
    host = address if address.strip("0.:*") else _LOCALHOST
    if endpoint.host and not is_local:
        host = endpoint.host
    http_page = None
    if page is not None:
        url_host = f"[{host}]" if ":" in host else host
        http_page = HttpPage(_path(page), f"{url_host}:{endpoint.ports.first}", secure=False)
    request = ListenRequest(title, endpoint.ports, endpoint.protocols, endpoint.address)
    return WaitTarget(request, host, is_local, http_page)


def _url_target(text: str, page: str | None) -> WaitTarget:
    try:
        url = urlsplit(text)
        port = _url_port(url)
    except ValueError as error:
        raise UsageError(f"invalid URL `{text}`: {str(error).lower()}") from error
    host = url.hostname or _LOCALHOST
    if is_local_host(host) and not host.strip("0.:"):
        host = _LOCALHOST
    netloc = url.netloc.rpartition("@")[2]
    title = url._replace(netloc=netloc, query="", fragment="").geturl()
    protocol = _SCHEME_PROTOCOLS.get(url.scheme, Protocol.TCP)
    http_page = None
    if url.scheme in _HTTP:
        own_path = url._replace(scheme="", netloc="", fragment="").geturl()
        path = own_path if url.path.strip("/") or url.query else page or "/"
        http_page = HttpPage(_path(path), netloc, url.scheme == "https")
    elif page is not None and protocol is Protocol.TCP:
        http_page = HttpPage(_path(page), netloc, secure=False)
    address = None if host == _LOCALHOST else host
    request = ListenRequest(title, single(port), (protocol,), address)
    return WaitTarget(request, host, _is_local(host), http_page)


def _url_port(url: SplitResult) -> Port:
    if url.port:
        return Port(url.port)
    default = _PORTS.get(url.scheme)
    service = services.by_name(url.scheme) if default is None else None
    if service is not None:
        default = service.ports[0].port
    if default is None or url.port == 0:
        raise UsageError(
            f"`{url.scheme}://{url.netloc.rpartition('@')[2]}` has no port",
            hint="add it after the host: `port-registry wait tcp://localhost:6379`",
        )
    return default


def _path(page: str) -> str:
    """Return `page` as an HTTP request has it; raises `UsageError` where it cannot be one."""
    if any(char.isspace() or not char.isprintable() for char in page):
        raise UsageError(f"invalid page `{page}`: it holds a space or a control character")
    from urllib.parse import quote

    quoted = quote(page, safe="/%?&=+,;:@!$'()*~-._[]#")
    return quoted if quoted.startswith("/") else f"/{quoted}"


def _require_observable(target: WaitTarget, wait_request: WaitRequest) -> None:
    """Raise `UsageError` where the state of `target` cannot be observed from here."""
    title, ports, protocols, _ = target.request
    if wait_request.until is Until.CLOSED:
        if not target.is_local:
            raise UsageError(
                f"whether {title} is free can be observed on {target.host} only",
                hint="`--closed` is for ports of this machine",
            )
        return
    if not ports.is_single():
        raise UsageError(
            f"{title} is a range, and not all of it may ever be in use",
            hint=f"name one port: `port-registry wait {ports.first}`",
        )
    if Protocol.TCP in protocols or wait_request.command is not None:
        return
    if Protocol.UDP not in protocols or not target.is_local:
        names = "/".join(protocol.name for protocol in protocols)
        raise UsageError(
            f"whether {title} is ready cannot be observed from here: it speaks {names}",
            hint="`--exec CMD` asks it in its own protocol",
        )
