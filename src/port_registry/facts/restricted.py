"""Ports and ranges that are better left alone, and who they belong to.

The tables are `data/browser.tsv`, `ephemeral.tsv`, `squatted.tsv` and `ranges.tsv`; how far
they can be trusted stands in `data/README.md`.
"""

from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv
from port_registry.model.port import Port, PortRange, Protocol

SUPPORTED_SYSTEMS = ("linux", "macos", "windows")
"""The systems whose ephemeral ranges `ephemeral` looks at unless told otherwise."""


class BrowserBlock(NamedTuple):
    """A port that browsers refuse to speak HTTP or WebSocket to."""

    port: int
    """From 0 to 65535."""
    service: str
    """The service it is kept for, by IANA's name."""
    reason: str
    lists: tuple[str, ...]
    """Who refuses it: `whatwg` (the Fetch standard), `chromium`, `firefox`."""


class EphemeralRange(NamedTuple):
    """Ports that a system hands to outgoing connections: a server may find its own taken."""

    system: str
    """`linux`, `macos`, `freebsd`, `windows`, `windows-xp`, `solaris`, `aix`, or `iana` for
    the dynamic ports of RFC 6335."""
    ports: PortRange
    protocols: tuple[Protocol, ...]
    read: str
    """The command that shows the live range; empty where there is none."""
    source: str
    note: str


class Squatter(NamedTuple):
    """A port that an operating system or very common software takes."""

    system: str
    """As in `EphemeralRange`; `any` where it does not matter."""
    port: Port
    protocol: Protocol
    owner: str
    since: str
    remedy: str
    """How to free the port, a hint; empty where none is known."""
    source: str


class NamedRange(NamedTuple):
    """A range with a name and an owner, such as Kubernetes' node ports."""

    name: str
    first: int
    """From 0: the system ports begin there."""
    last: int
    protocols: tuple[Protocol, ...]
    reason: str
    source: str


def browser_block(port: int) -> BrowserBlock | None:
    """Return why browsers refuse `port`, or None where they do not."""
    return _browser().get(port)


def ephemeral(
    ports: PortRange, systems: tuple[str, ...] = SUPPORTED_SYSTEMS
) -> tuple[EphemeralRange, ...]:
    """Return the ephemeral ranges of `systems` that `ports` meets."""
    return tuple(
        found for found in _ephemeral() if found.system in systems and found.ports.meets(ports)
    )


def is_ephemeral(port: int) -> bool:
    """Return whether `port` is in the ephemeral range of a supported system."""
    return any(ports.first <= port <= ports.last for ports in _supported_ephemeral())


def squatters(ports: PortRange, protocols: tuple[Protocol, ...]) -> tuple[Squatter, ...]:
    """Return what takes a port of `ports` with one of `protocols`, on any system."""
    return tuple(
        found
        for found in _squatted()
        if ports.first <= found.port <= ports.last and found.protocol in protocols
    )


def named_ranges(ports: PortRange, protocols: tuple[Protocol, ...]) -> tuple[NamedRange, ...]:
    """Return the named ranges that `ports` meets with one of `protocols`."""
    return tuple(
        found
        for found in _ranges()
        if found.first <= ports.last
        and ports.first <= found.last
        and any(protocol in protocols for protocol in found.protocols)
    )


def _protocols(text: str) -> tuple[Protocol, ...]:
    return tuple(Protocol(part) for part in text.split(","))


@cache
def _browser() -> dict[int, BrowserBlock]:
    blocks: dict[int, BrowserBlock] = {}
    for port, service, reason, lists in tsv.rows("browser"):
        blocks[int(port)] = BrowserBlock(int(port), service, reason, tuple(lists.split(",")))
    return blocks


@cache
def _ephemeral() -> tuple[EphemeralRange, ...]:
    return tuple(
        EphemeralRange(
            system,
            PortRange(Port(int(first)), Port(int(last))),
            _protocols(protocols),
            read,
            source,
            note,
        )
        for system, first, last, protocols, read, source, note in tsv.rows("ephemeral")
    )


@cache
def _supported_ephemeral() -> tuple[PortRange, ...]:
    """Return the ephemeral ranges of the supported systems, each once."""
    found = (one.ports for one in _ephemeral() if one.system in SUPPORTED_SYSTEMS)
    return tuple(dict.fromkeys(found))


@cache
def _squatted() -> tuple[Squatter, ...]:
    return tuple(
        Squatter(system, Port(int(port)), Protocol(protocol), owner, since, remedy, source)
        for system, port, protocol, owner, since, remedy, source in tsv.rows("squatted")
    )


@cache
def _ranges() -> tuple[NamedRange, ...]:
    return tuple(
        NamedRange(name, int(first), int(last), _protocols(protocols), reason, source)
        for name, first, last, protocols, reason, source in tsv.rows("ranges")
    )
