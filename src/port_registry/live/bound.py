"""Whether a port can be listened on now, by trying to."""

import errno
import socket

from port_registry.model.port import Port, Protocol

_FAMILIES = (socket.AF_INET, socket.AF_INET6)

_WILDCARD = ""
"""The address that stands for all of a family's."""

_KINDS = {Protocol.TCP: socket.SOCK_STREAM, Protocol.UDP: socket.SOCK_DGRAM}
"""Other protocols are not tried: most systems do not have them."""


def is_bound(port: Port, protocols: tuple[Protocol, ...]) -> bool:
    """Tell whether something holds `port` with one of `protocols`, on any address.

    What the system does not let this user try counts as free.
    """
    return any(
        _is_held(family, _KINDS[protocol], port)
        for protocol in protocols
        if protocol in _KINDS
        for family in _FAMILIES
    )


def _is_held(family: int, kind: int, port: int) -> bool:
    try:
        with socket.socket(family, kind) as tried:
            if family == socket.AF_INET6:
                # Otherwise it would ask for IPv4 too, and the answer would be about both.
                tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tried.bind((_WILDCARD, port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
