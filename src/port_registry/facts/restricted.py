"""Ports and ranges to avoid, and who they belong to.

The tables are `data/browser.tsv`, `ephemeral.tsv` and `squatted.tsv`; `data/README.md` says
how reliable they are.
"""

from functools import cache

from port_registry.facts import tsv
from port_registry.model import NamedTuple, Port, PortRange, Protocol

SUPPORTED_SYSTEMS = ("linux", "macos", "windows")
"""The systems whose ephemeral ranges `ephemeral` considers by default."""


class BrowserBlock(NamedTuple):
    """A port to which browsers refuse to speak HTTP or WebSocket."""

    port: int
    """From 0 to 65535."""
    service: str
    """The service that it belongs to, by IANA's name."""
    reason: str
    lists: tuple[str, ...]
    """The lists that block it: `whatwg` (the Fetch standard), `chromium`, `firefox`."""


class EphemeralRange(NamedTuple):
    """Ports that a system assigns to outgoing connections; a server may find its own in use."""

    system: str
    """`linux`, `macos`, `freebsd`, `windows`, `windows-xp`, `solaris`, `aix`, or `iana` for
    the dynamic ports of RFC 6335."""
    ports: PortRange
    protocols: tuple[Protocol, ...]


class Squatter(NamedTuple):
    """A port that an operating system or very common software occupies."""

    system: str
    """As in `EphemeralRange`; `any` where it is found on all."""
    port: Port
    protocol: Protocol
    owner: str


def browser_block(port: int) -> BrowserBlock | None:
    """Return why browsers refuse `port`, or None where they do not."""
    return _browser().get(port)


def ephemeral(
    ports: PortRange, systems: tuple[str, ...] = SUPPORTED_SYSTEMS
) -> tuple[EphemeralRange, ...]:
    """Return the ephemeral ranges of `systems` that `ports` meets."""
    return tuple(
        taken for taken in _ephemeral() if taken.system in systems and taken.ports.meets(ports)
    )


def is_ephemeral(port: int) -> bool:
    """Return whether `port` is in the ephemeral range of a supported system."""
    supported = (taken for taken in _ephemeral() if taken.system in SUPPORTED_SYSTEMS)
    return any(taken.ports.holds(port) for taken in supported)


def squatters(ports: PortRange, protocols: tuple[Protocol, ...]) -> tuple[Squatter, ...]:
    """Return the squatters, on any system, on `ports` with one of `protocols`."""
    return tuple(
        squatter
        for squatter in _squatted()
        if ports.holds(squatter.port) and squatter.protocol in protocols
    )


@cache
def _browser() -> dict[int, BrowserBlock]:
    return {
        int(port): BrowserBlock(int(port), service, reason, tuple(lists.split(",")))
        for port, service, reason, lists in tsv.rows("browser")
    }


@cache
def _ephemeral() -> tuple[EphemeralRange, ...]:
    return tuple(
        EphemeralRange(
            system,
            PortRange(Port(int(first)), Port(int(last))),
            tuple(map(Protocol, protocols.split(","))),
        )
        for system, first, last, protocols, *_ in tsv.rows("ephemeral")
    )


@cache
def _squatted() -> tuple[Squatter, ...]:
    return tuple(
        Squatter(system, Port(int(port)), Protocol(protocol), owner)
        for system, port, protocol, owner, *_ in tsv.rows("squatted")
    )
