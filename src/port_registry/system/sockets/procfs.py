"""Listening sockets from Linux's tables (proc_net(5)): slower than sock_diag, with fewer facts."""

import socket
import sys
from collections.abc import Iterator

from port_registry.model import Listener, Protocol, port_from_int

_TABLES = (
    ("tcp", Protocol.TCP, socket.AF_INET, "0A"),
    ("tcp6", Protocol.TCP, socket.AF_INET6, "0A"),
    ("udp", Protocol.UDP, socket.AF_INET, "07"),
    ("udp6", Protocol.UDP, socket.AF_INET6, "07"),
)
"""File, protocol, family, and the state of a listening socket."""


def listeners() -> list[Listener]:
    """Return the listening sockets; raises `OSError` where the tables cannot be read."""
    return [listener for table in _TABLES for listener in _read(*table)]


def _read(
    name: str, protocol: Protocol, family: socket.AddressFamily, state: str
) -> Iterator[Listener]:
    try:
        with open(f"/proc/net/{name}", encoding="ascii") as table:
            rows = table.read().splitlines()[1:]
    except FileNotFoundError:
        # A kernel without IPv6 has no tables for it.
        if family == socket.AF_INET6:
            return
        raise
    for row in rows:
        columns = row.split()
        address, _, digits = columns[1].partition(":")
        port = port_from_int(int(digits, 16))
        if columns[3] == state and port is not None:
            address_text = socket.inet_ntop(family, _bytes(address))
            yield Listener(
                protocol,
                address_text,
                port,
                takes_ipv4=None,
                listens=True,
                socket=int(columns[9]),
                uid=int(columns[7]),
            )


def _bytes(text: str) -> bytes:
    """Return the address whose 32-bit words `text` has in the machine's byte order."""
    words = (int(text[offset : offset + 8], 16) for offset in range(0, len(text), 8))
    return b"".join(word.to_bytes(4, sys.byteorder) for word in words)
