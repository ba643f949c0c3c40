"""Listening sockets from psutil, for systems other than Linux."""

import socket
from contextlib import suppress

import psutil

from port_registry.model import Listener, Protocol, port_from_int


def listeners() -> tuple[list[Listener], bool]:
    """Return the listening sockets, and whether these are all."""
    found: list[Listener] = []
    try:
        for every in psutil.net_connections(kind="inet"):
            found += _listener(every.type, every.status, tuple(every.laddr), tuple(every.raddr))
    except psutil.AccessDenied:
        for process in psutil.process_iter():
            # One that ended is passed over, and another user's, which the caller reports.
            with suppress(psutil.Error):
                for own in process.net_connections(kind="inet"):
                    found += _listener(own.type, own.status, tuple(own.laddr), tuple(own.raddr))
        return found, False
    return found, True


def _listener(
    kind: int, status: str, local_address: tuple[object, ...], peer: tuple[object, ...]
) -> list[Listener]:
    """Return the socket if it is not connected and has an address and a port."""
    if peer and status != psutil.CONN_LISTEN:
        return []
    match local_address:
        case (str(address), int(digits)):
            port = port_from_int(digits)
        case _:
            return []
    if port is None:
        return []
    protocol = Protocol.TCP if kind == socket.SOCK_STREAM else Protocol.UDP
    return [Listener(protocol, address, port, takes_ipv4=None, listens=True, socket=0, uid=None)]
