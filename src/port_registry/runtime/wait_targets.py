"""What is waited for: entries, ports and URLs, as people name them."""

import os
from enum import Enum
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from port_registry.facts import services
from port_registry.matching.locality import is_local_host
from port_registry.model import (
    Endpoint,
    Port,
    PortRange,
    PortRegistryError,
    Protocol,
    Registry,
    UsageError,
    single,
)
from port_registry.project.discovery import CONFIG_NAME, find_root
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import number_of
from port_registry.project.workspace import Request, open_workspace
from port_registry.registry.locate import WELL_KNOWN
from port_registry.runtime.port_query import resolve_port_query
from port_registry.system.connect_probe import HttpPage
from port_registry.system.host import is_this_host

_PLAIN = {"tcp": Protocol.TCP, "udp": Protocol.UDP}
_PAGES = {"http": Port(80), "https": Port(443)}
_OTHERS = {"ws": Port(80), "wss": Port(443)}
_HERE = "localhost"


class Until(Enum):
    """What is waited for at each target."""

    THERE = "there"
    CLOSED = "closed"


class WaitRequest(NamedTuple):
    """What is waited for at every target, and how long."""

    until: Until
    page: str | None
    """The page to ask for with HTTP."""
    command: str | None
    """What must exit with 0."""
    timeout: float
    """In seconds."""


class WaitTarget(NamedTuple):
    """One thing to wait for."""

    title: str
    """As people know it; without what a URL has of secrets."""
    host: str
    """Where a client would connect to."""
    ports: PortRange
    protocols: tuple[Protocol, ...]
    address: str | None
    """The address that it is bound on; None for any."""
    is_local: bool
    """Whether that is on this machine."""
    page: HttpPage | None
    """What is asked for, once a connection is accepted."""


def wait_targets(
    texts: tuple[str, ...], request: Request, demand: WaitRequest
) -> tuple[WaitTarget, ...]:
    """Return what `texts` name.

    The registry is only needed where one of them is an entry's name. Raises `UsageError`
    where one of them cannot be waited for, and what reading the registry raises.
    """
    texts = tuple(map(_spelt_out, texts))
    registry = _registry(texts, request)
    found = tuple(_target(text, registry, demand.page) for text in texts)
    for target in found:
        _refuse(target, demand)
    return found


def _is_here(host: str) -> bool:
    return is_local_host(host) or is_this_host(host)


def _spelt_out(text: str) -> str:
    """Return a host with a port, `localhost:6379`, as the URL that it stands for."""
    host, colon, port = text.rpartition(":")
    is_port = bool(colon) and port.isascii() and port.isdigit()
    return f"tcp://{text}" if is_port and not any(char in host for char in '"/') else text


def _is_url(text: str) -> bool:
    return "://" in text


def _registry(texts: tuple[str, ...], request: Request) -> Registry | None:
    """Return the registry; None where it cannot be read and nobody needs it."""
    plain = [text for text in texts if not _is_url(text)]
    needed = request.registry is not None or any(number_of(text) is None for text in plain)
    if not plain or not (needed or _is_near(request.start)):
        return None
    try:
        return load_registry(open_workspace(request))
    except PortRegistryError:
        if needed:
            raise
        return None


def _is_near(start: str) -> bool:
    """Return whether a registry is at hand, for which not every folder has to be searched."""
    root = find_root(start)
    return any(os.path.isfile(os.path.join(root, path)) for path in (CONFIG_NAME, *WELL_KNOWN))


def _target(text: str, registry: Registry | None, page: str | None) -> WaitTarget:
    if _is_url(text):
        return _of_url(text, page)
    number = number_of(text)
    if registry is None:
        if number is None:
            raise UsageError(f"`{text}` is neither a port nor a URL")
        return _target_at(text, Endpoint(single(number), (Protocol.TCP,)), page)
    if number is None and ":" in text and '"' not in text:
        raise UsageError(
            f"`{text}` is no entry, port or URL", hint="a host has its port behind it: `host:6379`"
        )
    found = resolve_port_query(registry, text)
    if number is not None:
        spoken = {one for entry in found.entries for one in entry.endpoint.protocols}
        protocols = tuple(sorted(spoken, key=lambda one: one.value)) or (Protocol.TCP,)
        return _target_at(text, Endpoint(single(number), protocols), page)
    endpoint = found.entries[0].endpoint
    return _target_at(f"{text} ({endpoint.ports})", endpoint, page)


def _target_at(title: str, endpoint: Endpoint, page: str | None) -> WaitTarget:
    host = _host_of(endpoint)
    asked = None
    if page is not None:
        shown = f"[{host}]" if ":" in host else host
        asked = HttpPage(_path(page), f"{shown}:{endpoint.ports.first}", secure=False)
    here = endpoint.host is None or _is_here(endpoint.host)
    return WaitTarget(
        title, host, endpoint.ports, endpoint.protocols, endpoint.address, here, asked
    )


def _host_of(endpoint: Endpoint) -> str:
    """Return where a client on this machine would look for `endpoint`."""
    if endpoint.host and not _is_here(endpoint.host):
        return endpoint.host
    address = (endpoint.address or "").strip("[]")
    return address if address.strip("0.:*") else _HERE


def _of_url(text: str, page: str | None) -> WaitTarget:
    try:
        url = urlsplit(text)
        port = _port_of(url)
    except ValueError as error:
        raise UsageError(f"`{text}` is no URL: {str(error).lower()}") from error
    host = url.hostname or _HERE
    if is_local_host(host) and not host.strip("0.:"):
        host = _HERE
    netloc = url.netloc.rpartition("@")[2]
    title = url._replace(netloc=netloc, query="", fragment="").geturl()
    protocol = _PLAIN.get(url.scheme, Protocol.TCP)
    asked = None
    if url.scheme in _PAGES:
        own = url.path.strip("/") or url.query
        path = url._replace(scheme="", netloc="", fragment="").geturl() if own else page or "/"
        asked = HttpPage(_path(path), netloc, url.scheme == "https")
    elif page is not None and protocol is Protocol.TCP:
        asked = HttpPage(_path(page), netloc, secure=False)
    address = None if host == _HERE else host
    return WaitTarget(title, host, single(port), (protocol,), address, _is_here(host), asked)


def _port_of(url: SplitResult) -> Port:
    if url.port:
        return Port(url.port)
    known = {**_PAGES, **_OTHERS}.get(url.scheme)
    service = services.by_name(url.scheme) if known is None else None
    if service is not None:
        known = service.ports[0].port
    if known is None or url.port == 0:
        raise UsageError(
            f"`{url.scheme}://{url.netloc.rpartition('@')[2]}` has no port",
            hint="write it behind the host: `tcp://localhost:6379`",
        )
    return known


def _path(page: str) -> str:
    """Return `page` as a request has it; raises `UsageError` where none can have it."""
    if any(char.isspace() or not char.isprintable() for char in page):
        raise UsageError("the page to ask for holds a space or a control character")
    from urllib.parse import quote

    quoted = quote(page, safe="/%?&=+,;:@!$'()*~-._[]#")
    return quoted if quoted.startswith("/") else f"/{quoted}"


def _refuse(target: WaitTarget, demand: WaitRequest) -> None:
    """Raise the error for a target of which what is wanted cannot be known."""
    if demand.until is Until.CLOSED:
        if not target.is_local:
            raise UsageError(
                f"whether {target.title} is free can be seen on {target.host} alone",
                hint="`--closed` is for ports of this machine",
            )
        return
    if not target.ports.is_single():
        raise UsageError(
            f"{target.title} is a range, and not all of it may ever be in use",
            hint=f"name the port that is waited for: `port-registry wait {target.ports.first}`",
        )
    if Protocol.TCP in target.protocols or demand.command is not None:
        return
    if Protocol.UDP not in target.protocols or not target.is_local:
        spoken = "/".join(protocol.name for protocol in target.protocols)
        raise UsageError(
            f"whether {target.title} is there cannot be seen from here: it speaks {spoken}",
            hint="`--exec CMD` asks it in its own language",
        )
