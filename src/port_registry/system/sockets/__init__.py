"""What listens on this machine, in this network namespace.

Linux's kernel is asked (sock_diag(7)); where it does not answer, its tables are read
(proc_net(5)); elsewhere psutil is asked.
"""

import sys
from typing import NamedTuple

from port_registry.model import Listener, Port


class SocketSnapshot(NamedTuple):
    """What listens now."""

    listeners: tuple[Listener, ...]
    """By port, protocol and address."""
    complete: bool
    """Whether these are all; some systems show a user only their own."""


def listeners(port: Port | None = None) -> SocketSnapshot:
    """Return what listens, on `port` or anywhere; TCP and UDP, IPv4 and IPv6."""
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
    """Return the sockets that are connected to somebody and have `port` as their own.

    They keep others away though nothing listens. Those whose `socket` is 0 were closed, and
    nobody has them any more. Empty where the system does not tell.
    """
    if sys.platform != "linux":
        return ()
    from port_registry.system.sockets import netlink

    try:
        return _sorted(netlink.connected_sockets(port), port)
    except OSError:
        return ()


def _sorted(found: list[Listener], port: Port | None) -> tuple[Listener, ...]:
    wanted = found if port is None else [one for one in found if one.port == port]
    return tuple(sorted(wanted, key=_order))


def _order(one: Listener) -> tuple[int, str, str, int]:
    return one.port, one.protocol.value, one.address, one.socket
