"""Ephemeral ports, which outgoing connections get, and reserved ones among them (ip(7))."""

from typing import NamedTuple

from port_registry.model import MAX_PORT, MIN_PORT, PortRange, port_from_int
from port_registry.system.machine.machine import SystemFacts

_FOLDER = "proc/sys/net/ipv4"


class EphemeralPorts(NamedTuple):
    """The ports of outgoing connections."""

    ports: PortRange
    reserved: tuple[PortRange, ...]
    """Ports that they never get (Linux: `ip_local_reserved_ports`)."""

    def includes_any(self, ports: PortRange) -> bool:
        """Return whether an outgoing connection may get one of `ports`."""
        first, last = max(ports.first, self.ports.first), min(ports.last, self.ports.last)
        for reserved_range in sorted(self.reserved):
            if reserved_range.first > first:
                break
            if reserved_range.last >= first:
                following = port_from_int(reserved_range.last + 1)
                if following is None:
                    return False
                first = following
        return first <= last


def read(machine: SystemFacts) -> EphemeralPorts | None:
    """Return the ephemeral ports; None where the system does not tell."""
    if machine.is_linux():
        ports = _between((machine.text(f"{_FOLDER}/ip_local_port_range") or "").split())
        reserved = parse_ranges(machine.text(f"{_FOLDER}/ip_local_reserved_ports") or "")
    elif machine.platform == "darwin":
        keys = ("net.inet.ip.portrange.first", "net.inet.ip.portrange.last")
        result = machine.run(("sysctl", "-n", *keys))
        ports, reserved = _between(result.stdout.split() if result else []), ()
    else:
        return None
    return None if ports is None else EphemeralPorts(ports, reserved)


def parse_ranges(text: str) -> tuple[PortRange, ...]:
    """Return the ranges of a list such as `8080,9000-9010`."""
    parsed = (_between([*part.strip().split("-"), part.strip()][:2]) for part in text.split(","))
    return tuple(ports for ports in parsed if ports is not None)


def _between(ends: list[str]) -> PortRange | None:
    if len(ends) != 2 or not all(end.isascii() and end.isdigit() for end in ends):
        return None
    first = port_from_int(max(int(ends[0]), MIN_PORT))
    last = port_from_int(min(int(ends[1]), MAX_PORT))
    return None if first is None or last is None or first > last else PortRange(first, last)
