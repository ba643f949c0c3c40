"""Ports and ranges to avoid, and who they belong to.

The tables are `data/browser.tsv`, `ephemeral.tsv`, `squatted.tsv` and `ranges.tsv`;
`data/README.md` says how reliable they are.
"""

from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv
from port_registry.model import Port, PortRange, Protocol

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
    read_command: str
    """The command that shows the range in effect; empty without one."""
    source: str
    note: str


class Squatter(NamedTuple):
    """A port that an operating system or very common software occupies."""

    system: str
    """As in `EphemeralRange`; `any` where it is found on all."""
    port: Port
    protocol: Protocol
    owner: str
    since: str
    remedy: str
    """A hint how to free the port; empty where none is known."""
    source: str


class NamedRange(NamedTuple):
    """A named range, such as Kubernetes' node ports."""

    name: str
    first: int
    """From 0, where the system ports begin."""
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
        ephemeral_range
        for ephemeral_range in _ephemeral()
        if ephemeral_range.system in systems and ephemeral_range.ports.meets(ports)
    )


def is_ephemeral(port: int) -> bool:
    """Return whether `port` is in the ephemeral range of a supported system."""
    return any(ports.holds(port) for ports in _supported_ephemeral())


def squatters(ports: PortRange, protocols: tuple[Protocol, ...]) -> tuple[Squatter, ...]:
    """Return the squatters, on any system, on `ports` with one of `protocols`."""
    return tuple(
        squatter
        for squatter in _squatted()
        if ports.holds(squatter.port) and squatter.protocol in protocols
    )


def named_ranges(ports: PortRange, protocols: tuple[Protocol, ...]) -> tuple[NamedRange, ...]:
    """Return the named ranges that `ports` meets with one of `protocols`."""
    return tuple(
        named
        for named in _ranges()
        if named.first <= ports.last
        and ports.first <= named.last
        and any(protocol in protocols for protocol in named.protocols)
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
            system=system,
            ports=PortRange(Port(int(first)), Port(int(last))),
            protocols=_protocols(protocols),
            read_command=read_command,
            source=source,
            note=note,
        )
        for system, first, last, protocols, read_command, source, note in tsv.rows("ephemeral")
    )


@cache
def _supported_ephemeral() -> tuple[PortRange, ...]:
    """Return the ephemeral ranges of the supported systems, each once."""
    supported = (entry for entry in _ephemeral() if entry.system in SUPPORTED_SYSTEMS)
    return tuple(dict.fromkeys(entry.ports for entry in supported))


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
