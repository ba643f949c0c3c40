"""Ports that a service takes when it is enabled and no port is named.

Read from `data/nixos_defaults.tsv`. A part `<name>` of an option's path stands for any name
that a project gives: `services.mailhog.<name>.smtp.port`.
"""

from enum import Enum
from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv
from port_registry.model.entry import Name
from port_registry.model.port import Port, Protocol

ANY = "<name>"
"""The part of a path that stands for any name."""


class System(Enum):
    """Whose options they are."""

    NIXOS = "nixos"
    HOME_MANAGER = "home-manager"
    DEVENV = "devenv"
    SERVICES_FLAKE = "services-flake"


class Implied(NamedTuple):
    """One port of one service."""

    enable: Name
    """What enables the service: an option that is true, or the name of an instance."""
    option: Name
    """What sets the port; empty where nothing does."""
    port: Port
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value."""
    address_option: Name
    """What sets the address; often `option` itself, empty where it is not known."""
    address: str
    """The default address, `*` for all; empty where it was not seen."""
    open_firewall: Name
    """What opens the port in the firewall; empty where nothing does."""
    always: bool
    """Whether a service that is enabled surely listens on the port."""


def implied(system: System, service: tuple[str, str]) -> tuple[Implied, ...]:
    """Return the ports of `service`, the first two parts of its options' paths.

    They stand in the order of the table: by name, and for a name by port.
    """
    rows = _services().get((system.value, *service))
    return _read(tuple(rows)) if rows else ()


@cache
def _services() -> dict[tuple[str, str, str], list[str]]:
    """Return the rows of each service, unread."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in tsv.text("nixos_defaults").split("\n"):
        if row:
            system, enable, _ = row.split("\t", 2)
            top, name, *_ = enable.split(".", 2)
            found.setdefault((system, top, name), []).append(row)
    return found


@cache
def _read(rows: tuple[str, ...]) -> tuple[Implied, ...]:
    """Read the rows of one service; those of one port become one."""
    found: dict[tuple[str, str, str], Implied] = {}
    for row in rows:
        _, enable, option, port, protocol, address_option, address, opens, bound, *_ = row.split(
            "\t"
        )
        known = found.get((enable, option, port))
        protocols = (*(known.protocols if known else ()), Protocol(protocol))
        found[enable, option, port] = Implied(
            _path(enable),
            _path(option),
            Port(int(port)),
            tuple(sorted(protocols, key=lambda one: one.value)),
            _path(address_option),
            address,
            _path(opens),
            bound == "always",
        )
    return tuple(found.values())


def _path(text: str) -> Name:
    """Read `services.redis.servers."".port`; empty for an empty text."""
    if '"' not in text:
        return tuple(text.split(".")) if text else ()
    parts: list[str] = []
    for at, piece in enumerate(text.split('"')):
        parts += [piece] if at % 2 else [part for part in piece.split(".") if part]
    return tuple(parts)
