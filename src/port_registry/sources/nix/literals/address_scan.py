"""Addresses with ports in any text: prose of programs, configuration files, plain strings."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.sources.nix.literals.names import AddressKind, is_port, kind_of
from port_registry.sources.shared.addresses import AddressReach, reach_of

_LONGEST_HOST = 100
_LONGEST_USER = 200
_LONGEST_LINE = 300
"""How much of a line is read before a port."""
_FOREIGN_SCHEMES = word_set("addresses", "schemes-without-ports")
_SURE_DIGITS = 4
"""So many digits are not carried on by an interpolation behind them."""
_NO_HOSTS = word_set("addresses", "not-hosts")
_LOWEST_NAMED = 80
_LOW_NAMED = (22, 25, 53)
"""Behind a name alone, `postgres:16`, other low numbers are versions."""
_BLANKS = " \t\r\n"
_QUOTES = "\"'`"


class ScannedAddress(NamedTuple):
    """An address with a port in a text."""

    start: int
    """Where the digits begin."""
    end: int
    number: int
    scheme: str
    host: str
    reach: AddressReach
    is_udp: bool
    """Whether `/udp` stands behind it."""
    key: str
    """The word that holds the address, or the attribute where the text is it alone."""


@cache
def _colon() -> re.Pattern[str]:
    return re.compile(r"[:@](0|[1-9]\d{0,4})(?![\w:@%*\-]|\.\w)")


@cache
def _word_before() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z_][\w.\-]*)[\"']?[ \t]*(?:[:=]|=>|:=)?[ \t]*[\[({]?[ \t]*[\"']?$")


class _Text(NamedTuple):
    """A text that is scanned."""

    text: str
    label: str
    """The attribute that holds it; empty where it has several lines, for then the attribute
    says nothing of a single one."""
    has_lines: bool


def scan(text: str, label: str) -> Iterator[ScannedAddress]:
    """Yield the addresses with ports in `text`, which the attribute `label` holds."""
    has_lines = "\n" in text.strip()
    whole = _Text(text, "" if has_lines else label, has_lines)
    for match in _colon().finditer(text):
        found = _address(whole, match.start(), match.end())
        if found is not None:
            yield found


def _address(whole: _Text, colon: int, end: int) -> ScannedAddress | None:
    """Return the address whose port stands between `colon` and `end`, if it is one."""
    text = whole.text
    start = _host_start(text, colon)
    host = text[start:colon]
    if text[colon] == "@" and not re.fullmatch(r"[\d.]{7,15}", host):
        return None
    scheme, token = _before(text, start)
    if scheme is None:
        return None
    before = text[max(0, start - 2) : start]
    if before.endswith(("${", "$")) or (not host and not _may_be_bare(before)):
        return None
    reached = reach_of(host)
    key = _key(whole, token)
    is_udp = text.startswith("/udp", end)
    number = int(text[colon + 1 : end])
    found = ScannedAddress(colon + 1, end, number, scheme, host, reached, is_udp, key)
    if not _is_port(text, found) or (whole.has_lines and is_comment(text, token)):
        return None
    return found


def _may_be_bare(before: str) -> bool:
    """Return whether a colon without a host may stand behind these two characters.

    Behind a variable of a shell it cannot be told whose port it is; behind a quoted name
    stands what a JSON object says of it.
    """
    if before[-1:] in ("}", ")"):
        return False
    return before[-1:] not in _QUOTES or not before[:1].isalnum()


def _host_start(text: str, colon: int) -> int:
    """Return where the host before the colon begins."""
    if text[colon - 1 : colon] == "]":
        opened = text.rfind("[", max(0, colon - 60), colon)
        inside = text[opened + 1 : colon - 1]
        if opened >= 0 and (UNKNOWN in inside or re.fullmatch(r"[0-9A-Fa-f:.%\w]+", inside)):
            return opened
        return colon
    start = colon
    least = max(0, colon - _LONGEST_HOST)
    while start > least and (text[start - 1].isalnum() or text[start - 1] in f"._-*{UNKNOWN}"):
        start -= 1
    return start


def _before(text: str, start: int) -> tuple[str | None, int]:
    """Return the scheme before a host, and where the whole address begins.

    The scheme is empty where there is none, and None where no address can stand here.
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
    """Return where the word that ends at `end` begins, blanks and quotes left aside."""
    least = max(0, end - _LONGEST_USER)
    return max(least, *(text.rfind(char, least, end) + 1 for char in _BLANKS + _QUOTES))


def _scheme(text: str, end: int) -> tuple[str | None, int]:
    start = end
    least = max(0, end - 30)
    while start > least and (text[start - 1].isalnum() or text[start - 1] in "+.-"):
        start -= 1
    scheme = text[start:end].lower()
    if scheme in _FOREIGN_SCHEMES:
        return None, start
    while start > least and text[start - 1] == ":":
        outer = _word_start(text, start - 1, least)
        if outer == start - 1 or kind_of(text[outer : start - 1]) is not AddressKind.NOTHING:
            break
        start = outer
    return scheme or "http", start


def _word_start(text: str, end: int, least: int) -> int:
    while end > least and text[end - 1].isalnum():
        end -= 1
    return end


def _key(whole: _Text, token: int) -> str:
    """Return the name before the address that begins at `token`."""
    text = whole.text
    least = max(0, token - _LONGEST_LINE)
    line = max(text.rfind("\n", least, token) + 1, least)
    before = text[line:token]
    if not before.strip(_BLANKS + _QUOTES + "[(-"):
        above = text[least:line].rstrip(_BLANKS)
        if above[-1:] in (":", "[", "(", "=") and (said := _word_before().search(above[-80:])):
            return said[1]
        return whole.label
    found = _word_before().search(before[-80:])
    if found is not None and kind_of(found[1]) is not AddressKind.NOTHING:
        return found[1]
    for name in re.findall(r"[A-Za-z_][\w\-]*", before[:80])[:3]:
        if kind_of(name) is not AddressKind.NOTHING:
            return str(name)
    if found is not None and found[0].rstrip("\"'[({ \t")[-1:] in ("=", ":", ">"):
        return found[1]
    return ""


def _is_port(text: str, found: ScannedAddress) -> bool:
    """Return whether the digits that were found are the port of their host."""
    host, kind = found.host, kind_of(found.key)
    after = text[found.end : found.end + 1]
    if after == UNKNOWN and not (found.scheme and found.end - found.start >= _SURE_DIGITS):
        return False
    if found.reach is AddressReach.REMOTE:
        return kind is AddressKind.LISTENS and not host[:1].isalpha()
    if found.scheme:
        return host != "*" or kind is not AddressKind.NOTHING
    if after == "/" and text[found.end + 1 : found.end + 2].isdigit():
        return False
    if _is_numeric(host) or found.reach is AddressReach.LOCAL:
        return True
    if (host and _is_version(host, found.number)) or host.isdigit() or is_port(host):
        return False
    if kind in (AddressKind.NOTHING, AddressKind.OWN):
        return False
    return after != "/" or text.startswith(("/tcp", "/udp"), found.end)


def _is_version(name: str, number: int) -> bool:
    """Return whether `name:number` is a version, a digest or a key of something."""
    return name.lower() in _NO_HOSTS or (number < _LOWEST_NAMED and number not in _LOW_NAMED)


def _is_numeric(host: str) -> bool:
    """Return whether `host` is an address in numbers, of this machine or a private network."""
    return host.startswith("[") or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", host) is not None


def is_comment(text: str, at: int) -> bool:
    """Return whether what stands at `at` is in a comment of its line."""
    least = max(0, at - _LONGEST_LINE)
    before = text[max(text.rfind("\n", least, at) + 1, least) : at]
    if before.lstrip().startswith(("#", "//", ";", "-- ", "/*", "* ")):
        return True
    return re.search(r"\s#\s", before) is not None
