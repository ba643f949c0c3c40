"""Names of this machine and of its users, and comparison of hosts with it."""

import errno
import socket
from functools import cache

_LOCAL = ("localhost", "127.0.0.1", "::1")


def hostname() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


def is_this_host(host: str) -> bool:
    """Return whether `host` is this machine: its name, with a domain or without, or its address."""
    bare = host.strip().strip("[]").casefold().rstrip(".")
    is_named = bare in _LOCAL or _short(bare) == _short(hostname().casefold())
    return is_named or has_address(bare)


def _short(name: str) -> str:
    """Return a host's name without its domain; an address as it is."""
    first, _, rest = name.partition(".")
    return name if first.isdigit() and rest else first


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
        return error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
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


@cache
def user_name(uid: int) -> str:
    """Return the name of the user `uid`; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
