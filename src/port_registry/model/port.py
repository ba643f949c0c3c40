"""Ports and protocols: what an endpoint is made of.

A port number is 1 to 65535 (RFC 793 and RFC 768 give the field 16 bits; RFC 6335
section 6 reserves 0). Zero is never a `Port`: to a socket it means "choose one for me".
"""

from enum import Enum
from typing import NamedTuple, NewType

Port = NewType("Port", int)
"""A port number from 1 to 65535. Only `port_from_int` makes one."""

MIN_PORT = 1
MAX_PORT = 65535


def port_from_int(number: int) -> Port | None:
    """Return `number` as a port, or None where it is outside 1 to 65535."""
    return Port(number) if MIN_PORT <= number <= MAX_PORT else None


class Protocol(Enum):
    """A transport protocol with port numbers (IANA port registry, RFC 6335)."""

    TCP = "tcp"
    UDP = "udp"
    SCTP = "sctp"
    DCCP = "dccp"


class PortRange(NamedTuple):
    """A closed interval of ports; a single port is a range of one."""

    first: Port
    """The lowest port."""
    last: Port
    """The highest port, never below `first`."""

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def meets(self, other: "PortRange") -> bool:
        """Return whether the two intervals share a port."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, other: "PortRange") -> bool:
        """Return whether every port of `other` is in this interval."""
        return self.first <= other.first and other.last <= self.last

    def is_single(self) -> bool:
        """Return whether this is one port."""
        return self.first == self.last


def single(port: Port) -> PortRange:
    """Return the range that holds `port` alone."""
    return PortRange(port, port)
