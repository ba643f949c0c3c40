"""Ports of containers, each behind one of the host: `ports = [ "127.0.0.1:8080:80/udp" ]`."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals.build import LiteralMeaning, Stretch
from port_registry.sources.nix.module_facts import LiteralContext


@cache
def _mapping() -> re.Pattern[str]:
    host = rf"(?:(?P<host>\[[^\]]*\]|[\d.]+|localhost|[{UNKNOWN}]):)?"
    outer = r"(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?"
    inner = rf":[\d{UNKNOWN}]+(?:-[\d{UNKNOWN}]+)?"
    return re.compile(rf"\s*{host}{outer}{inner}(?:/(?P<protocol>tcp|udp|sctp))?\s*")


def read_mapping(text: str, label: str) -> Iterator[tuple[Stretch, LiteralMeaning]]:
    """Yield the port of the host in `H:C` and its longer forms."""
    found = _mapping().fullmatch(text)
    if found is None:
        return
    first = int(found["first"])
    last = int(found["last"] or first)
    host = found["host"]
    shown = None if host is None or UNKNOWN in host else host
    protocol = Protocol(found["protocol"] or "tcp")
    stretch = Stretch(found.start("first"), found.end("last" if found["last"] else "first"),
                      first, last)  # fmt: skip
    yield stretch, LiteralMeaning(LiteralContext.CONTAINER, Role.LISTENS, label, protocol, shown)
