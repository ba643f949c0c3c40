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
    if bare in _LOCAL or _short(bare) == _short(hostname().casefold()):
        return True
    return any(_is_own(family, bare) for family in (socket.AF_INET, socket.AF_INET6))


def _short(name: str) -> str:
    """Return a host's name without its domain; an address as it is."""
    first, _, rest = name.partition(".")
    return name if first.isdigit() and rest else first


def _is_own(family: socket.AddressFamily, address: str) -> bool:
    """Return whether `address`, of that family, is one of this machine's."""
    try:
        socket.inet_pton(family, address)
    except (OSError, ValueError):
        return False
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError as error:
        return error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True


@cache
def user_name(uid: int) -> str:
    """Return the name of the user `uid`; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
