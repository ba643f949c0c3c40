"""Listening sockets from psutil, for systems other than Linux."""

import socket

import psutil

from port_registry.model import Listener, Protocol, port_from_int


def listeners() -> tuple[list[Listener], bool]:
    """Return the listening sockets, and whether these are all."""
    found: list[Listener] = []
    try:
        for connection in psutil.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN or not connection.raddr:
                found += _listener(connection.type, tuple(connection.laddr))
    except psutil.AccessDenied:
        return _own(), False
    return found, True


def _own() -> list[Listener]:
    """Return the listeners of the processes that this user may inspect."""
    found: list[Listener] = []
    for process in psutil.process_iter():
        try:
            for connection in process.net_connections(kind="inet"):
                if connection.status == psutil.CONN_LISTEN or not connection.raddr:
                    found += _listener(connection.type, tuple(connection.laddr))
        except psutil.Error:
            # It ended, or is another user's, which the caller reports.
            continue
    return found


def _listener(kind: int, local_address: tuple[object, ...]) -> list[Listener]:
    """Return the listener on `local_address`, if that has an address and a port."""
    match local_address:
        case (str(address), int(digits)):
            port = port_from_int(digits)
        case _:
            return []
    if port is None:
        return []
    protocol = Protocol.TCP if kind == socket.SOCK_STREAM else Protocol.UDP
    return [Listener(protocol, address, port, takes_ipv4=None, listens=True, socket=0, uid=None)]
