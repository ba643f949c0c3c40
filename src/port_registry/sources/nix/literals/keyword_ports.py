"""Ports in text by the word before them: `port = 80`, `PORT=80`, `--port 80`, `listen 80;`."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple, lazy_pattern
from port_registry.sources.nix.literals.address_scan import is_comment
from port_registry.sources.nix.literals.names import is_inner_port, is_port
from port_registry.sources.shared.addresses import AddressReach, reach_of

_LONGEST_NAME = 60
_LOWEST = 10
"""Lower numbers in a text are no ports but numbers of sockets: QEMU's `hostport=4`."""
_NEAR = 160
"""The distance from a port within which its host is looked for."""


class KeywordPort(NamedTuple):
    """A number after a word that says that it is a port."""

    start: int
    end: int
    number: int
    key: str
    is_flag: bool
    """Whether it is an argument of a command line."""


@cache
def _number_after_port() -> re.Pattern[str]:
    sign = r"([ \t]{0,8}(?:=>|[:=])[ \t]{0,8}|[ \t]{1,8})"
    return re.compile(
        rf"(?:port|Port|PORT)s?(?:_?[A-Za-z]{{2,8}})?[\"']?{sign}[\"']?"
        rf"(0|[1-9]\d{{0,4}})(?![\w:{UNKNOWN}]|[.\-]\w)"
    )


_listen = lazy_pattern(r"(?:^|(?<=[\s;{]))listen[ \t]+(\d{1,5})(?=[ \t]*;|[ \t]+[a-z_ ]+;)")


@cache
def _host() -> re.Pattern[str]:
    sign = r"[\"']?[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?"
    return re.compile(rf"(?:host|hostname|server|address){sign}(?:\w{{1,9}}://)?([\w.\-]{{1,100}})")


def keyword_ports(text: str) -> Iterator[KeywordPort]:
    """Yield the numbers in `text` after words that say that they are ports."""
    has_lines = "\n" in text.strip()
    for match in _number_after_port().finditer(text):
        key = _whole_name(text, match.start(), match.start(1))
        is_flag = key.startswith("-")
        name = key.lstrip("-").rpartition(".")[2]
        if not is_port(name) or is_inner_port(key):
            continue
        is_assigned = bool(match[1].strip())
        if not is_flag and not is_assigned and not (has_lines and _is_line(text, match, key)):
            continue
        if has_lines and is_comment(text, match.start()):
            continue
        if not is_flag and 0 < int(match[2]) < _LOWEST:
            continue
        if not _has_remote_host(text, match.start(), match.end()):
            yield KeywordPort(*match.span(2), int(match[2]), key.lstrip("-"), is_flag)
    for match in _listen().finditer(text):
        yield KeywordPort(*match.span(1), int(match[1]), "listen", is_flag=False)


def _whole_name(text: str, start: int, end: int) -> str:
    """Return the whole name that ends at `end`, of which a part begins at `start`."""
    limit = max(0, start - _LONGEST_NAME)
    while start > limit and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    return text[start:end].strip("\"' \t")


def _is_line(text: str, match: re.Match[str], key: str) -> bool:
    """Return whether a line is only a name and its number: `port 6379`."""
    before = text[max(0, match.start() - _LONGEST_NAME) : match.start(1) - len(key)]
    after = text[match.end() : match.end() + 1]
    return (
        after in ("\n", ";", '"', "")
        and not before.rpartition("\n")[2].strip()
        and key[:1].islower()
    )


def _has_remote_host(text: str, start: int, end: int) -> bool:
    """Return whether a host near the port is another machine with a public name or address."""
    near = text[max(0, start - _NEAR) : end + _NEAR]
    return any(reach_of(match[1]) is AddressReach.REMOTE for match in _host().finditer(near))
