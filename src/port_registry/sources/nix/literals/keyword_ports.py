"""Ports in text by the word before them: `port = 80`, `PORT=80`, `--port 80`, `listen 80;`."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from port_registry.languages.provenance import UNKNOWN
from port_registry.sources.nix.literals.address_scan import is_comment
from port_registry.sources.nix.literals.names import is_inner, is_port
from port_registry.sources.shared.addresses import AddressReach, reach_of

_LONGEST_NAME = 60
_NEAR = 160
"""How far from a port the host is looked for."""


class Keyed(NamedTuple):
    """A number behind the word that says that it is a port."""

    start: int
    end: int
    number: int
    key: str
    is_flag: bool
    """Whether it is an argument of a command line."""


@cache
def _behind_port() -> re.Pattern[str]:
    sign = r"([ \t]{0,8}(?:=>|[:=])[ \t]{0,8}|[ \t]{1,8})"
    return re.compile(
        rf"(?:port|Port|PORT)s?(?:_?[A-Za-z]{{2,8}})?[\"']?{sign}[\"']?"
        rf"(0|[1-9]\d{{0,4}})(?![\w:{UNKNOWN}]|[.\-]\w)"
    )


@cache
def _listen() -> re.Pattern[str]:
    return re.compile(r"(?:^|(?<=[\s;{]))listen[ \t]+(\d{1,5})(?=[ \t]*;|[ \t]+[a-z_ ]+;)")


@cache
def _host() -> re.Pattern[str]:
    sign = r"[\"']?[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?"
    return re.compile(rf"(?:host|hostname|server|address){sign}(?:\w{{1,9}}://)?([\w.\-]{{1,100}})")


def keyed(text: str) -> Iterator[Keyed]:
    """Yield the numbers that a word before them says are ports."""
    has_lines = "\n" in text.strip()
    for found in _behind_port().finditer(text):
        key = _name(text, found.start(), found.start(1))
        is_flag = key.startswith("-")
        name = key.lstrip("-").rpartition(".")[2]
        if not is_port(name) or is_inner(key):
            continue
        said = is_flag or found[1].strip() or (has_lines and _opens_line(text, found, key))
        if not said:
            continue
        if has_lines and is_comment(text, found.start()):
            continue
        if not _is_elsewhere(text, found.start(), found.end()):
            yield Keyed(*found.span(2), int(found[2]), key.lstrip("-"), is_flag)
    for found in _listen().finditer(text):
        yield Keyed(*found.span(1), int(found[1]), "listen", is_flag=False)


def _name(text: str, start: int, end: int) -> str:
    """Return the whole name that ends at `end` and holds what begins at `start`."""
    least = max(0, start - _LONGEST_NAME)
    while start > least and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    return text[start:end].strip("\"' \t")


def _opens_line(text: str, found: re.Match[str], key: str) -> bool:
    """Return whether a line is nothing but a name and its number: `port 6379`."""
    before = text[max(0, found.start() - _LONGEST_NAME) : found.start(1) - len(key)]
    behind = text[found.end() : found.end() + 1]
    return (
        behind in ("\n", ";", '"', "")
        and not before.rpartition("\n")[2].strip()
        and key[:1].islower()
    )


def _is_elsewhere(text: str, start: int, end: int) -> bool:
    """Return whether a host near the port is another machine, in public."""
    near = text[max(0, start - _NEAR) : end + _NEAR]
    return any(reach_of(found[1]) is AddressReach.REMOTE for found in _host().finditer(near))
