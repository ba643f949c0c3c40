"""Hosts and ports in text: URLs, `host:port`, and the reach of a host."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache

from port_registry.facts.words import word_list, word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple


class AddressReach(Enum):
    """The machine that a host is."""

    WILDCARD = "wildcard"
    """No host, `0.0.0.0`, `*`, `::`: every address of this machine."""
    LOCAL = "local"
    """This machine: `localhost`, a loopback address."""
    NAMED = "named"
    """A host of a private network, or a container: it may be this machine."""
    UNKNOWN = "unknown"
    """A part of it cannot be known."""
    REMOTE = "remote"
    """A public name or address: another machine's ports are not the project's."""


class Address(NamedTuple):
    """A host and a port in a text."""

    scheme: str
    """The URL's scheme in lower case, `dsn` for other connection strings; empty where there
    is none."""
    host: str
    start: int
    """The offset of the port's digits in the text."""
    end: int
    reach: AddressReach

    def is_known(self, text: str) -> bool:
        """Return whether the port is known."""
        return UNKNOWN not in text[self.start : self.end]


_LOCAL_NAMES = word_set("addresses", "local-names")
_WILDCARDS = word_set("addresses", "wildcards")
_PRIVATE_ENDS = word_list("addresses", "private-ends")
_PRIVATE_ADDRESSES = word_list("addresses", "private-beginnings")


@cache
def _url() -> re.Pattern[str]:
    scheme = r"[A-Za-z][A-Za-z0-9+.\-]{0,30}://"
    next_one = rf",(?:[\w.\-]{{1,40}}=)?{scheme}"
    return re.compile(rf"({scheme[:-3]})://((?:(?!{next_one})[^\s'\"<>/?#;\\])*)")


@cache
def _host_port() -> re.Pattern[str]:
    port = rf"(\d{{1,5}}|[{UNKNOWN}\d]*{UNKNOWN}\d*)"
    return re.compile(
        rf"(?:(tcp|udp|http|https|http-get|https-get)(?:4|6)?:(?://)?)?"
        rf"(\[[0-9A-Fa-f:.%\w]*\]|[\w.*{UNKNOWN}-]*):{port}(?:/(tcp|udp|[^\d\s]\S*)?)?$"
    )


def reach_of(host: str) -> AddressReach:
    """Return the reach of `host`."""
    name = host.strip("[]").lower().rstrip(".")
    if UNKNOWN in name:
        return AddressReach.UNKNOWN
    if not name or name in _WILDCARDS:
        return AddressReach.WILDCARD
    if name in _LOCAL_NAMES or name.startswith("127.") or name in ("::1", "0:0:0:0:0:0:0:1"):
        return AddressReach.LOCAL
    if name.endswith(".localhost") or name == "host.docker.internal":
        return AddressReach.LOCAL
    if "." not in name or name.startswith(_PRIVATE_ADDRESSES) or name.endswith(_PRIVATE_ENDS):
        return AddressReach.NAMED
    if re.fullmatch(r"172\.(1[6-9]|2\d|3[01])\.\d+\.\d+", name) or name.startswith(("fe80", "fd")):
        return AddressReach.NAMED
    return AddressReach.REMOTE


def urls(text: str) -> Iterator[Address]:
    """Yield the hosts with ports in the URLs of `text`; one URL may name several."""
    if "://" not in text:
        return
    for match in _url().finditer(text):
        start = match.start(2)
        authority = match[2]
        if "@tcp(" in authority:
            continue
        offset = authority.rfind("@") + 1
        for part in authority[offset:].split(","):
            address = _url_address(part, start + offset, match[1].lower())
            if address is not None:
                yield address
            offset += len(part) + 1


def _url_address(part: str, start: int, scheme: str) -> Address | None:
    """Return the address of a `host:port` at `start`; None where it has no port."""
    host, colon, port = part.rpartition(":")
    if not colon or not port or ("]" in port) or (":" in host and not host.startswith("[")):
        return None
    if not re.fullmatch(rf"[0-9{UNKNOWN}]+", port) or len(port) > 5:
        return None
    first = start + len(host) + 1
    return Address(scheme, host, first, first + len(port), reach_of(host))


def host_port(text: str) -> Address | None:
    """Return the address in a text that is only `host:port`, `:port`, `tcp:port` or the like."""
    match = _host_port().match(text)
    if match is None:
        return None
    host = match[2]
    if host.isdigit() or (host.replace(".", "").isdigit() and host.count(".") != 3):
        return None
    scheme = match[1] or ""
    if host in ("tcp", "udp", "http", "https"):
        scheme, host = host, ""
    start, end = match.span(3)
    return Address(scheme, host, start, end, reach_of(host))


def addresses(text: str) -> list[Address]:
    """Return the hosts with ports of a text of addresses with commas between them."""
    in_urls = list(urls(text))
    if in_urls:
        return in_urls
    found: list[Address] = []
    offset = 0
    for part in text.split(","):
        address = host_port(part.strip())
        if address is not None:
            found.append(_shifted(address, offset + len(part) - len(part.lstrip())))
        offset += len(part) + 1
    return found


def _shifted(address: Address, shift: int) -> Address:
    return address._replace(start=address.start + shift, end=address.end + shift)


def dsn(text: str) -> Iterator[Address]:
    """Yield the ports of connection strings: `host=x port=1`, `user@tcp(host:1)/db`."""
    number = rf"[\d{UNKNOWN}]+"
    ports = rf"(?<![\w-])port\s*=\s*({number}(?:,{number})*)"
    for match in re.finditer(ports, text, re.IGNORECASE):
        host = re.search(rf"(?<![\w-])host\s*=\s*([\w.,\-{UNKNOWN}]+)", text, re.IGNORECASE)
        names = [""] if host is None else host[1].split(",")
        for index, port in enumerate(re.finditer(number, match[1])):
            name = names[min(index, len(names) - 1)]
            start, end = (match.start(1) + offset for offset in port.span())
            yield Address("dsn", name, start, end, reach_of(name or "localhost"))
    for match in re.finditer(r"@tcp\(([^)]*)\)", text):
        address = host_port(match[1])
        if address is not None:
            yield _shifted(address, match.start(1))._replace(scheme="dsn")
