"""Listening sockets of this machine, in this network namespace.

On Linux the kernel is asked (sock_diag(7)), or its tables are read where it does not answer
(proc_net(5)); elsewhere psutil is asked.
"""

import sys

from port_registry.model import Listener, NamedTuple, Port


class SocketSnapshot(NamedTuple):
    """The listening sockets at one moment."""

    listeners: tuple[Listener, ...]
    """By port, protocol and address."""
    complete: bool
    """Whether these are all; some systems show users only their own."""


def listeners(port: Port | None = None) -> SocketSnapshot:
    """Return the listening sockets, on `port` or all; TCP and UDP, IPv4 and IPv6."""
    if sys.platform != "linux":
        from port_registry.system.sockets import portable

        found, complete = portable.listeners()
        return SocketSnapshot(_sorted(found, port), complete)
    from port_registry.system.sockets import netlink

    try:
        return SocketSnapshot(_sorted(netlink.listeners(port), port), complete=True)
    except OSError:
        from port_registry.system.sockets import procfs

        return SocketSnapshot(_sorted(procfs.listeners(), port), complete=True)


def connected_sockets(port: Port) -> tuple[Listener, ...]:
    """Return the connected sockets whose local port is `port`.

    They hold the port though nothing listens. Those whose `socket` is 0 were closed, and have
    no owner any more. Empty where the system does not list them.
    """
    if sys.platform != "linux":
        return ()
    from port_registry.system.sockets import netlink

    try:
        return _sorted(netlink.connected_sockets(port), port)
    except OSError:
        return ()


def _sorted(found: list[Listener], port: Port | None) -> tuple[Listener, ...]:
    matching = found if port is None else [listener for listener in found if listener.port == port]
    return tuple(sorted(matching, key=_order))


def _order(listener: Listener) -> tuple[int, str, str, int]:
    return listener.port, listener.protocol.value, listener.address, listener.socket
