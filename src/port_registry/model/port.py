"""Ports, port ranges and protocols.

A port number is 1 to 65535 (RFC 793 and RFC 768 give the field 16 bits; RFC 6335
section 6 reserves 0). Zero is never a `Port`: a socket bound to 0 gets a port that the
system chooses.
"""

from enum import Enum
from typing import NewType

from port_registry.model.named_tuple import NamedTuple

Port = NewType("Port", int)
"""A port number from 1 to 65535, made by `port_from_int` or `parse_port`."""

MIN_PORT = 1
MAX_PORT = 65535
LAST_SYSTEM_PORT = 1023
"""The last port whose service is settled: entries up to here are named for what is spoken there,
`https`, whoever speaks it."""

_MOST_DIGITS = len(str(MAX_PORT))


def port_from_int(number: int) -> Port | None:
    """Return `number` as a port, or None where it is outside 1 to 65535."""
    return Port(number) if MIN_PORT <= number <= MAX_PORT else None


def parse_port(text: str) -> Port | None:
    """Return the port that `text` writes in at most five ASCII digits, or None."""
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    return port_from_int(int(text))


class Protocol(Enum):
    """A transport protocol with port numbers (IANA port registry, RFC 6335)."""

    TCP = "tcp"
    UDP = "udp"
    SCTP = "sctp"
    DCCP = "dccp"


class PortRange(NamedTuple):
    """A closed interval of ports; a single port is a range of one port."""

    first: Port
    """The lowest port."""
    last: Port
    """The highest port, not below `first`."""

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def holds(self, port: int) -> bool:
        """Return whether `port` is in this interval."""
        return self.first <= port <= self.last

    def meets(self, other: "PortRange") -> bool:
        """Return whether the two intervals share a port."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, other: "PortRange") -> bool:
        """Return whether every port of `other` is in this interval."""
        return self.first <= other.first and other.last <= self.last

    def is_single(self) -> bool:
        """Return whether the range is a single port."""
        return self.first == self.last


def single(port: Port) -> PortRange:
    """Return the range of `port` alone."""
    return PortRange(port, port)
