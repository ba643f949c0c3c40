"""Scanner for addresses with ports in any text: scripts, configuration files, plain strings."""

import re
from collections.abc import Iterator

from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple, lazy_pattern
from port_registry.sources.nix.literals.names import AddressKind, address_kind, is_port
from port_registry.sources.shared.addresses import AddressReach, reach_of

_LONGEST_HOST = 100
_LONGEST_USER = 200
_LONGEST_LINE = 300
"""The number of characters of a line that are read before a port."""
_FOREIGN_SCHEMES = word_set("addresses", "schemes-without-ports")
_SURE_DIGITS = 4
"""The number of digits from which on an interpolation after them is not part of the number."""
_NO_HOSTS = word_set("addresses", "not-hosts")
_LOWEST_NAMED = 80
_LOW_NAMED = (22, 25, 53)
"""After a name alone, `postgres:16`, other low numbers are versions."""
_BLANKS = " \t\r\n"
_QUOTES = "\"'`"


class ScannedAddress(NamedTuple):
    """An address with a port in a text."""

    start: int
    """The offset of the digits."""
    end: int
    number: int
    scheme: str
    host: str
    reach: AddressReach
    is_udp: bool
    """Whether `/udp` is after it."""
    key: str
    """The name before the address, or the attribute of which the address is the value."""


_colon = lazy_pattern(r"[:@](0|[1-9]\d{0,4})(?![\w:@%*\-]|\.\w)")
_word_before = lazy_pattern(
    r"([A-Za-z_][\w.\-]*)[\"']?[ \t]*(?:[:=]|=>|:=)?[ \t]*[\[({]?[ \t]*[\"']?$"
)


def scan_addresses(text: str, label: str) -> Iterator[ScannedAddress]:
    """Yield the addresses with ports in `text`, the value of the attribute `label`."""
    key = None if "\n" in text.strip() else label
    for match in _colon().finditer(text):
        address = _address(text, key, match.start(), match.end())
        if address is not None:
            yield address


def _address(text: str, label: str | None, colon: int, end: int) -> ScannedAddress | None:
    """Return the address whose port is between `colon` and `end`, if it is one.

    `label` is the attribute whose value `text` is; None where that has several lines.
    """
    start = _host_start(text, colon)
    host = text[start:colon]
    if text[colon] == "@" and not re.fullmatch(r"[\d.]{7,15}", host):
        return None
    scheme, token = _scheme_before(text, start)
    if scheme is None:
        return None
    before = text[max(0, start - 2) : start]
    if before.endswith(("${", "$")) or (not host and not _may_be_bare(before)):
        return None
    address = ScannedAddress(
        start=colon + 1,
        end=end,
        number=int(text[colon + 1 : end]),
        scheme=scheme,
        host=host,
        reach=reach_of(host),
        is_udp=text.startswith("/udp", end),
        key=_name_before(text, label or "", token),
    )
    if not _is_port(text, address) or (label is None and is_comment(text, token)):
        return None
    return address


def _may_be_bare(before: str) -> bool:
    """Return whether a colon without a host may be after these two characters.

    After a shell variable the host of the port is not known; after a quoted name is the value
    of a key in a JSON object.
    """
    if before[-1:] in ("}", ")"):
        return False
    return before[-1:] not in _QUOTES or not before[:1].isalnum()


def _host_start(text: str, colon: int) -> int:
    """Return the offset of the host before the colon."""
    if text[colon - 1 : colon] == "]":
        bracket = text.rfind("[", max(0, colon - 60), colon)
        inside = text[bracket + 1 : colon - 1]
        if bracket >= 0 and (UNKNOWN in inside or re.fullmatch(r"[0-9A-Fa-f:.%\w]+", inside)):
            return bracket
        return colon
    start = colon
    limit = max(0, colon - _LONGEST_HOST)
    while start > limit and (text[start - 1].isalnum() or text[start - 1] in f"._-*{UNKNOWN}"):
        start -= 1
    return start


def _scheme_before(text: str, start: int) -> tuple[str | None, int]:
    """Return the scheme before a host, and the offset of the whole address.

    The scheme is empty where there is none, and None where this is not an address.
    """
    before = text[start - 1 : start]
    if text[max(0, start - 3) : start] == "://":
        return _scheme(text, start - 3)
    if before == "@":
        slashes = text.rfind("://", _token_start(text, start), start)
        return _scheme(text, slashes) if slashes >= 0 else (None, start)
    if before == ":":
        for name in ("tcp", "udp"):
            if text.endswith(name, 0, start - 1):
                return name, start - 4
        return None, start
    if before and before in "/\\.%+#&~":
        return None, start
    if before == ",":
        token = _token_start(text, start)
        slashes = text.find("://", token, start)
        return _scheme(text, slashes) if slashes >= 0 else ("", token)
    return "", start


def _token_start(text: str, end: int) -> int:
    """Return the offset of the word that ends at `end`, up to white space or a quote."""
    limit = max(0, end - _LONGEST_USER)
    return max(limit, *(text.rfind(char, limit, end) + 1 for char in _BLANKS + _QUOTES))


def _scheme(text: str, end: int) -> tuple[str | None, int]:
    """Return the scheme that ends at `end`, and its offset; None for one without ports."""
    start = end
    limit = max(0, end - 30)
    while start > limit and (text[start - 1].isalnum() or text[start - 1] in "+.-"):
        start -= 1
    scheme = text[start:end].lower()
    if scheme in _FOREIGN_SCHEMES:
        return None, start
    while start > limit and text[start - 1] == ":":
        outer = start - 1
        while outer > limit and text[outer - 1].isalnum():
            outer -= 1
        if outer == start - 1 or address_kind(text[outer : start - 1]) is not AddressKind.NOTHING:
            break
        start = outer
    return scheme or "http", start


def _name_before(text: str, label: str, token: int) -> str:
    """Return the name before the address that begins at `token`."""
    limit = max(0, token - _LONGEST_LINE)
    line_start = max(text.rfind("\n", limit, token) + 1, limit)
    before = text[line_start:token]
    if not before.strip(_BLANKS + _QUOTES + "[(-"):
        above = text[limit:line_start].rstrip(_BLANKS)
        if above[-1:] in (":", "[", "(", "=") and (match := _word_before().search(above[-80:])):
            return match[1]
        return label
    match = _word_before().search(before[-80:])
    if match is not None and address_kind(match[1]) is not AddressKind.NOTHING:
        return match[1]
    for name in re.findall(r"[A-Za-z_][\w\-]*", before[:80])[:3]:
        if address_kind(name) is not AddressKind.NOTHING:
            return str(name)
    if match is not None and match[0].rstrip("\"'[({ \t")[-1:] in ("=", ":", ">"):
        return match[1]
    return ""


def _is_port(text: str, address: ScannedAddress) -> bool:
    """Return whether the digits of an address are the port of its host."""
    host, kind = address.host, address_kind(address.key)
    after = text[address.end : address.end + 1]
    if after == UNKNOWN and not (address.scheme and address.end - address.start >= _SURE_DIGITS):
        return False
    if address.reach is AddressReach.REMOTE:
        return kind is AddressKind.LISTENS and not host[:1].isalpha()
    if address.scheme:
        return host != "*" or kind is not AddressKind.NOTHING
    if after == "/" and text[address.end + 1 : address.end + 2].isdigit():
        return False
    is_numeric = host.startswith("[") or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", host)
    if is_numeric or address.reach is AddressReach.LOCAL:
        return True
    is_low = address.number < _LOWEST_NAMED and address.number not in _LOW_NAMED
    if host and (is_low or host.lower() in _NO_HOSTS or host.isdigit() or is_port(host)):
        return False
    if kind in (AddressKind.NOTHING, AddressKind.OWN):
        return False
    return after != "/" or text.startswith(("/tcp", "/udp"), address.end)


def is_comment(text: str, offset: int) -> bool:
    """Return whether `offset` is in a comment of its line."""
    limit = max(0, offset - _LONGEST_LINE)
    before = text[max(text.rfind("\n", limit, offset) + 1, limit) : offset]
    if before.lstrip().startswith(("#", "//", ";", "-- ", "/*", "* ")):
        return True
    return re.search(r"\s#\s", before) is not None
