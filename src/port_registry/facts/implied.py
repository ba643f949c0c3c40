"""Default ports of services that are enabled without a port (`data/nixos_defaults.tsv`).

A part `<name>` of an option's path matches any name: `services.mailhog.<name>.smtp.port`.
"""

from enum import Enum
from functools import cache

from port_registry.facts import tsv
from port_registry.model import Name, NamedTuple, Port, Protocol, parse_name

ANY = "<name>"
"""The part of a path that matches any name."""


class System(Enum):
    """The module system that declares the options."""

    NIXOS = "nixos"
    HOME_MANAGER = "home-manager"
    DEVENV = "devenv"
    SERVICES_FLAKE = "services-flake"


class ImpliedPort(NamedTuple):
    """One default port of one service."""

    enable: Name
    """The option that enables the service: true, or the name of an instance."""
    option: Name
    """The option that sets the port; empty without one."""
    port: Port
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value."""
    address_option: Name
    """The option that sets the address; often `option` itself, empty where not known."""
    address: str
    """The default address, `*` for all; empty where not known."""
    open_firewall: Name
    """The option that opens the port in the firewall; empty without one."""
    always: bool
    """Whether the service always listens on the port once it is enabled."""


def implied_ports(system: System, service: tuple[str, str]) -> tuple[ImpliedPort, ...]:
    """Return the ports of `service`, the first two parts of its options' paths.

    They are in the order of the table: by name, then by port.
    """
    rows = _services().get((system.value, *service))
    return _read(tuple(rows)) if rows else ()


@cache
def _services() -> dict[tuple[str, str, str], list[str]]:
    """Return the unparsed rows of each service."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for row in tsv.text("nixos_defaults").split("\n"):
        if row:
            system, enable, _ = row.split("\t", 2)
            top, name, *_ = enable.split(".", 2)
            rows.setdefault((system, top, name), []).append(row)
    return rows


@cache
def _read(rows: tuple[str, ...]) -> tuple[ImpliedPort, ...]:
    """Return the ports in the rows of one service, with the protocols of a port merged."""
    merged: dict[tuple[str, str, str], ImpliedPort] = {}
    for row in rows:
        fields = row.split("\t")
        _, enable, option, port, protocol, address_option, address, opens, bound, *_ = fields
        previous = merged.get((enable, option, port))
        protocols = (*(previous.protocols if previous else ()), Protocol(protocol))
        merged[enable, option, port] = ImpliedPort(
            enable=parse_name(enable) or (),
            option=parse_name(option) or (),
            port=Port(int(port)),
            protocols=tuple(sorted(protocols, key=lambda protocol: protocol.value)),
            address_option=parse_name(address_option) or (),
            address=address,
            open_firewall=parse_name(opens) or (),
            always=bound == "always",
        )
    return tuple(merged.values())
