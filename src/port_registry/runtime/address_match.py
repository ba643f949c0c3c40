"""Comparison of the address that an entry declares with those that are listened on."""

import socket
from collections.abc import Iterable
from enum import Enum

from port_registry.model import Listener, NamedTuple

_IPV4_MAPPED = bytes(10) + b"\xff\xff"
"""The prefix of an IPv4 address that is written as IPv6 (RFC 4291, section 2.5.5.2)."""

_LOOPBACK = (socket.inet_pton(socket.AF_INET, "127.0.0.1"), bytes(15) + b"\1")


class Reach(Enum):
    """The addresses that are listened on, compared with the declared one."""

    DECLARED = "declared"
    """They agree, or no address is declared."""
    WIDER = "wider"
    NARROWER = "narrower"
    APART = "apart"
    """Other addresses are listened on, and not the declared one."""


class _AddressSet(NamedTuple):
    """The addresses of an entry or a listener."""

    all_ipv4: bool
    all_ipv6: bool
    single: tuple[bytes, ...]

    def covers(self, address: bytes) -> bool:
        """Return whether `address` is one of them."""
        is_ipv4 = len(address) == len(_LOOPBACK[0])
        return (self.all_ipv4 if is_ipv4 else self.all_ipv6) or address in self.single

    def is_wildcard(self) -> bool:
        """Return whether they are all addresses of a family."""
        return self.all_ipv4 or self.all_ipv6


def overlap(declared: str | None, listener: Listener) -> bool:
    """Return whether `listener` is on an address of an entry that declares `declared`."""
    entry, other = _declared_addresses(declared), _listener_addresses(listener)
    if (entry.all_ipv4 and other.all_ipv4) or (entry.all_ipv6 and other.all_ipv6):
        return True
    return any(map(other.covers, entry.single)) or any(map(entry.covers, other.single))


def compare_reach(declared: str | None, listeners: Iterable[Listener]) -> Reach:
    """Return how the addresses of `listeners`, all of one service, compare with `declared`."""
    if declared is None:
        return Reach.DECLARED
    entry = _declared_addresses(declared)
    bound = [_listener_addresses(listener) for listener in listeners]
    if entry.is_wildcard():
        # Without IPv6, `0.0.0.0` means every address that there is.
        is_whole = any(addresses.all_ipv6 for addresses in bound) or (
            not _is_ipv6(declared) and any(addresses.all_ipv4 for addresses in bound)
        )
        return Reach.DECLARED if is_whole else Reach.NARROWER
    if not any(addresses.covers(address) for addresses in bound for address in entry.single):
        return Reach.APART
    if any(addresses.is_wildcard() for addresses in bound):
        return Reach.WIDER
    is_local = any(_is_loopback(address) for address in entry.single)
    others = {address for addresses in bound for address in addresses.single} - {*entry.single}
    is_wider = any(not (is_local and _is_loopback(address)) for address in others)
    return Reach.WIDER if is_wider else Reach.DECLARED


def _declared_addresses(declared: str | None) -> _AddressSet:
    """Return the addresses of an entry; an unknown name means any address."""
    bare = "" if declared is None else declared.strip().strip("[]").casefold()
    if bare == "localhost":
        return _AddressSet(all_ipv4=False, all_ipv6=False, single=_LOOPBACK)
    packed = _packed(bare)
    if packed is None or not any(packed):
        return _AddressSet(all_ipv4=True, all_ipv6=packed is None or _is_ipv6(bare), single=())
    return _AddressSet(all_ipv4=False, all_ipv6=False, single=(packed,))


def _listener_addresses(listener: Listener) -> _AddressSet:
    packed = _packed(listener.address)
    if packed is None or any(packed):
        single = () if packed is None else (packed,)
        return _AddressSet(all_ipv4=False, all_ipv6=False, single=single)
    if len(packed) == len(_LOOPBACK[0]):
        return _AddressSet(all_ipv4=True, all_ipv6=False, single=())
    return _AddressSet(all_ipv4=listener.takes_ipv4 is not False, all_ipv6=True, single=())


def _is_ipv6(address: str) -> bool:
    return ":" in address


def _is_loopback(address: bytes) -> bool:
    if len(address) == len(_LOOPBACK[0]):
        return address[0] == _LOOPBACK[0][0]
    return address == _LOOPBACK[1]


def _packed(address: str) -> bytes | None:
    """Return the bytes of a numeric address, those of IPv4 for a mapped one; else None."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            packed = socket.inet_pton(family, address)
        except (OSError, ValueError):
            continue
        return packed.removeprefix(_IPV4_MAPPED)
    return None
