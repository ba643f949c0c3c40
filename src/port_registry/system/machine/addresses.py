"""Addresses of this machine, tested by binding them."""

import errno
import socket

_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def is_numeric(address: str) -> bool:
    """Return whether `address` is a numeric address, not a name."""
    return _resolved(address) is not None


def has_address(address: str) -> bool:
    """Return whether a socket of this machine can be bound to `address`, a numeric one."""
    resolved = _resolved(address)
    if resolved is None:
        return False
    family, socket_address = resolved
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Port 0 is any that is free.
            probe.bind(socket_address)
    except OSError as error:
        return error.errno not in _ABSENT
    return True


def _resolved(address: str) -> tuple[int, tuple[object, ...]] | None:
    """Return the family and the socket address of a numeric address; nothing is looked up."""
    if not (":" in address or "." in address):
        # Such as `*`, which some systems take for the wildcard.
        return None
    try:
        results = socket.getaddrinfo(
            address, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError):
        return None
    return results[0][0], results[0][4]
