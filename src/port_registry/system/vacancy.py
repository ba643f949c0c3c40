"""Whether a port can be had, by binding it as a server would."""

import errno
import socket
from enum import Enum

from port_registry.model.port import Port, Protocol

_KINDS = {Protocol.TCP: socket.SOCK_STREAM, Protocol.UDP: socket.SOCK_DGRAM}
"""Other protocols are not tried: most systems do not have them."""

_WILDCARDS = ("", "::")
_LOOPBACK = ("127.0.0.1", "::1")
_NARROWER = {"": _LOOPBACK[:1], "::": _LOOPBACK[1:]}
"""What is tried beside a wildcard: on BSD and macOS the option lets that be bound beside them."""
_REUSE = (socket.SO_REUSEADDR,)


class Vacancy(Enum):
    """What trying a port came to."""

    FREE = "free"
    LINGERING = "lingering"
    """Nobody has it, and connections that were closed a moment ago (TIME_WAIT) keep it from
    those that do not set `SO_REUSEADDR`; most servers do."""
    TAKEN = "taken"


def vacancy(port: Port, protocol: Protocol, address: str | None) -> Vacancy:
    """Return whether `port` can be had on `address`, or on all where it is None.

    What the system does not let this user try counts as free.
    """
    kind = _KINDS.get(protocol)
    found = Vacancy.FREE
    for one in addresses_of(address) if kind is not None else ():
        if _is_refused(one, kind or 0, port, ()):
            # UDP keeps nothing back, and there the option lets two have one port.
            if kind != socket.SOCK_STREAM or any(
                _is_refused(narrow, kind, port, _REUSE) for narrow in (one, *_NARROWER.get(one, ()))
            ):
                return Vacancy.TAKEN
            found = Vacancy.LINGERING
    return found


def addresses_of(address: str | None) -> tuple[str, ...]:
    """Return the addresses to bind for `address`; a name that is not known is any."""
    bare = "" if address is None else address.strip().strip("[]").lower()
    if bare == "localhost":
        return _LOOPBACK
    if not bare.strip("0.:*"):
        return _WILDCARDS
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, bare)
        except (OSError, ValueError):
            continue
        return (bare,)
    return _WILDCARDS


def _is_refused(address: str, kind: int, port: int, options: tuple[int, ...]) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, kind) as tried:
            for option in options:
                tried.setsockopt(socket.SOL_SOCKET, option, 1)
            if family == socket.AF_INET6:
                # Otherwise it would ask for IPv4 too, and the answer would be about both.
                tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tried.bind((address, port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
