"""Probe of whether a port is available, by binding it as a server would."""

import errno
import socket
from enum import Enum

from port_registry.model import Port, Protocol
from port_registry.system.host import is_numeric

_SOCKET_TYPES = {Protocol.TCP: socket.SOCK_STREAM, Protocol.UDP: socket.SOCK_DGRAM}
"""Other protocols are not probed: most systems do not have them."""

_WILDCARDS = ("", "::")
_LOOPBACK = ("127.0.0.1", "::1")
_LOOPBACK_OF_WILDCARD = {"": _LOOPBACK[:1], "::": _LOOPBACK[1:]}
"""What is probed in addition to a wildcard: on BSD and macOS, SO_REUSEADDR lets a wildcard be
bound next to these."""
_REUSE = (socket.SO_REUSEADDR,)


class BindOutcome(Enum):
    """Result of probing a port."""

    FREE = "free"
    LINGERING = "lingering"
    """No process has it, and connections that were closed a moment ago (TIME_WAIT) keep it from
    servers that do not set `SO_REUSEADDR`; most do."""
    TAKEN = "taken"


def probe_bind(port: Port, protocol: Protocol, address: str | None) -> BindOutcome:
    """Return whether `port` can be bound on `address`, or on all addresses where it is None.

    What the system does not let this user bind counts as free.
    """
    socket_type = _SOCKET_TYPES.get(protocol)
    if socket_type is None:
        return BindOutcome.FREE
    outcome = BindOutcome.FREE
    for candidate in addresses_to_bind(address):
        if _is_in_use(candidate, socket_type, port, ()):
            # UDP has no TIME_WAIT, and there the option lets two sockets have one port.
            if socket_type != socket.SOCK_STREAM or any(
                _is_in_use(specific, socket_type, port, _REUSE)
                for specific in (candidate, *_LOOPBACK_OF_WILDCARD.get(candidate, ()))
            ):
                return BindOutcome.TAKEN
            outcome = BindOutcome.LINGERING
    return outcome


def is_bound(port: Port, protocols: tuple[Protocol, ...]) -> bool:
    """Return whether something holds `port` with one of `protocols`, on any address.

    What the system does not let this user bind counts as free, and so does a port that only
    recently closed connections hold.
    """
    return any(probe_bind(port, protocol, None) is BindOutcome.TAKEN for protocol in protocols)


def addresses_to_bind(address: str | None) -> tuple[str, ...]:
    """Return the addresses to bind for `address`; an unknown name means any address."""
    bare = "" if address is None else address.strip().strip("[]").lower()
    if bare == "localhost":
        return _LOOPBACK
    if not bare.strip("0.:*"):
        return _WILDCARDS
    return (bare,) if is_numeric(bare) else _WILDCARDS


def _is_in_use(address: str, socket_type: int, port: int, options: tuple[int, ...]) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket_type) as probe:
            for option in options:
                probe.setsockopt(socket.SOL_SOCKET, option, 1)
            if family == socket.AF_INET6:
                # Otherwise it would claim IPv4 too, and the answer would be about both.
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind((address, port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
