"""Listening sockets where there is no Linux: what psutil can see."""

import socket

import psutil

from port_registry.model import Listener, Protocol, port_from_int


def listeners() -> tuple[list[Listener], bool]:
    """Return what listens, and whether that is all that does."""
    found: list[Listener] = []
    try:
        for one in psutil.net_connections(kind="inet"):
            if one.status == psutil.CONN_LISTEN or not one.raddr:
                found += _listener(one.type, tuple(one.laddr))
    except psutil.AccessDenied:
        return _own(), False
    return found, True


def _own() -> list[Listener]:
    """Return the listeners of the processes that this user may look into."""
    found: list[Listener] = []
    for process in psutil.process_iter():
        try:
            for one in process.net_connections(kind="inet"):
                if one.status == psutil.CONN_LISTEN or not one.raddr:
                    found += _listener(one.type, tuple(one.laddr))
        except psutil.Error:
            # It ended, or is somebody else's, which the caller says.
            continue
    return found


def _listener(kind: int, local: tuple[object, ...]) -> list[Listener]:
    """Return the listener on the address and port of `local`, if it has them."""
    match local:
        case (str(address), int(number)):
            port = port_from_int(number)
        case _:
            return []
    if port is None:
        return []
    protocol = Protocol.TCP if kind == socket.SOCK_STREAM else Protocol.UDP
    return [Listener(protocol, address, port, takes_ipv4=None, listens=True, socket=0, uid=None)]
