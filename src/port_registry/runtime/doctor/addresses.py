"""Check for entries on addresses that this machine does not have."""

import errno
import socket
from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok

NAME: str = "addresses"

_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries whose address this machine does not have."""
    numeric = [
        (entry.address, entry)
        for entry in context.entries
        if entry.address is not None and is_numeric(entry.address)
    ]
    missing: dict[str, list[Entry]] = {}
    for address, entry in numeric:
        if not has_address(address):
            missing.setdefault(address, []).append(entry)
    for address, entries in missing.items():
        with_host = [entry for entry in entries if entry.host is not None]
        level = Level.PROBLEM if with_host else Level.NOTE
        remark = "" if with_host else "; that is fine if it is another machine's"
        yield Advice(
            level,
            f"this machine has no address {address}, so that nothing can listen on"
            f" {format_entries(entries)}{remark}",
            ("`ip address` shows those it has; give the entry one of them, or its `host`",),
            tuple(entries),
        )
    if numeric and not missing:
        yield ok("this machine has every address that an entry names")


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
