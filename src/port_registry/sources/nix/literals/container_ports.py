"""Port mappings of containers: `ports = [ "127.0.0.1:8080:80/udp" ]`."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals.build import LiteralMeaning, NumberSpan
from port_registry.sources.nix.module_facts import LiteralContext


@cache
def _mapping() -> re.Pattern[str]:
    host = rf"(?:(?P<host>\[[^\]]*\]|[\d.]+|localhost|[{UNKNOWN}]):)?"
    outer = r"(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?"
    inner = rf":[\d{UNKNOWN}]+(?:-[\d{UNKNOWN}]+)?"
    return re.compile(rf"\s*{host}{outer}{inner}(?:/(?P<protocol>tcp|udp|sctp))?\s*")


def read_port_mapping(text: str, label: str) -> Iterator[tuple[NumberSpan, LiteralMeaning]]:
    """Yield the port of the host in `H:C` and its longer forms."""
    match = _mapping().fullmatch(text)
    if match is None:
        return
    first = int(match["first"])
    number = NumberSpan(
        start=match.start("first"),
        end=match.end("last" if match["last"] else "first"),
        number=first,
        last=int(match["last"] or first),
    )
    host = match["host"]
    yield (
        number,
        LiteralMeaning(
            context=LiteralContext.CONTAINER,
            role=Role.LISTENS,
            label=label,
            protocol=Protocol(match["protocol"] or "tcp"),
            host=None if host is None or UNKNOWN in host else host,
        ),
    )
