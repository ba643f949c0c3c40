"""Names of this machine and of its users, and comparison of hosts with it."""

import errno
import socket
from contextlib import suppress
from functools import cache

_LOCAL = ("localhost", "127.0.0.1", "::1")
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, socket.EAI_NONAME)
"""The errors of binding an address that is not there; the last is that of an unknown zone."""


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
    return _family(address) is not None


def has_address(address: str) -> bool:
    """Return whether a socket of this machine can be bound to `address`, a numeric one."""
    family = _family(address)
    if family is None:
        return False
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Port 0 is any that is free.
            probe.bind((address, 0))
    except OSError as error:
        return error.errno not in _ABSENT
    return True


def _family(address: str) -> socket.AddressFamily | None:
    """Return the family of a numeric address, which may end in a zone (`fe80::1%eth0`)."""
    for family, bare in (
        (socket.AF_INET, address),
        (socket.AF_INET6, address.partition("%")[0]),
    ):
        with suppress(OSError, ValueError):
            socket.inet_pton(family, bare)
            return family
    return None


@cache
def user_name(uid: int) -> str:
    """Return the name of the user `uid`; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
