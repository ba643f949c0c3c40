"""Addresses with ports in the values of options: `127.0.0.1:3000`, a URL, `:80`."""

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple

_LOCAL = ("localhost", "*")
"""Words that are addresses."""

_NO_HOSTS = word_set("addresses", "socket-kinds")
"""Words before a colon that is not followed by a port."""


class ListenAddress(NamedTuple):
    """An address to listen on, in a text."""

    host: str
    """Empty for all."""
    start: int
    """The offset of the port's digits in the text."""
    end: int


def address_in(text: str) -> ListenAddress | None:
    """Return the address with its port in `text`; None where `text` is something else.

    `3000`, `:3000`, `127.0.0.1:3000`, `[::1]:3000`, `http://localhost:3000/path`,
    `tcp/127.0.0.1:3000`, `0.0.0.0:3000/udp`.
    """
    begin = text.find("://")
    begin = begin + 3 if begin >= 0 else 0
    if not begin and text[:4] in ("tcp/", "udp/", "tcp:", "udp:"):
        begin = 4
    end = begin
    while end < len(text) and text[end] not in "/?# \t\n":
        end += 1
    colon = text.rfind(":", begin, end)
    if text.rfind("]", begin, end) > colon or (colon >= 0 and not _is_host(text, begin, colon)):
        return None
    digits = text[colon + 1 if colon >= 0 else begin : end]
    if not digits.isascii() or not digits.isdigit() or len(digits) > 5:
        return None
    host = text[begin:colon] if colon >= 0 else ""
    if host in _NO_HOSTS:
        return None
    return ListenAddress(host.strip("[]"), end - len(digits), end)


def _is_host(text: str, begin: int, colon: int) -> bool:
    """Return whether the text before the last colon is a host, not half an IPv6 address."""
    host = text[begin:colon]
    return ":" not in host or (host.startswith("[") and host.endswith("]"))


def is_address(text: str) -> bool:
    """Return whether `text` is an address to listen on, without a port."""
    bare = text.strip("[]")
    if bare in _LOCAL or not bare:
        return True
    if ":" in bare:
        return all(char in "0123456789abcdefABCDEF:." for char in bare)
    return bare.count(".") == 3 and bare.replace(".", "").isdigit()
