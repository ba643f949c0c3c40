"""Where an entry is to be reached, and where its listeners can be."""

import socket
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from port_registry.model import Listener

_MAPPED = bytes(10) + b"\xff\xff"
"""What an IPv4 address begins with in IPv6's clothes (RFC 4291, section 2.5.5.2)."""

_LOOPBACK = (socket.inet_pton(socket.AF_INET, "127.0.0.1"), bytes(15) + b"\1")


class Reach(Enum):
    """How the addresses that are listened on compare with the one that is declared."""

    DECLARED = "declared"
    """They agree, or no address is declared."""
    WIDER = "wider"
    NARROWER = "narrower"
    APART = "apart"
    """It is listened on other addresses, and not on the declared one."""


class _Span(NamedTuple):
    """The addresses that an entry or a listener stands for."""

    all_ipv4: bool
    all_ipv6: bool
    single: tuple[bytes, ...]

    def covers(self, address: bytes) -> bool:
        """Return whether `address` is one of them."""
        every = self.all_ipv4 if len(address) == len(_LOOPBACK[0]) else self.all_ipv6
        return every or address in self.single

    def is_wildcard(self) -> bool:
        """Return whether they are all of a family."""
        return self.all_ipv4 or self.all_ipv6


def overlap(declared: str | None, listener: Listener) -> bool:
    """Return whether `listener` is on an address that an entry with `declared` has."""
    mine, theirs = _span_of(declared), _span_of_listener(listener)
    if (mine.all_ipv4 and theirs.all_ipv4) or (mine.all_ipv6 and theirs.all_ipv6):
        return True
    return any(map(theirs.covers, mine.single)) or any(map(mine.covers, theirs.single))


def compare_reach(declared: str | None, listeners: Iterable[Listener]) -> Reach:
    """Compare where `listeners`, all of one service, can be reached with what is declared."""
    if declared is None:
        return Reach.DECLARED
    mine, spans = _span_of(declared), [_span_of_listener(one) for one in listeners]
    if mine.is_wildcard():
        # `0.0.0.0` means all that there is where nothing speaks IPv6.
        whole = any(one.all_ipv6 for one in spans) or (
            not _is_ipv6(declared) and any(one.all_ipv4 for one in spans)
        )
        return Reach.DECLARED if whole else Reach.NARROWER
    if not any(span.covers(address) for span in spans for address in mine.single):
        return Reach.APART
    if any(span.is_wildcard() for span in spans):
        return Reach.WIDER
    homely = any(_is_loopback(address) for address in mine.single)
    more = {address for span in spans for address in span.single} - {*mine.single}
    return (
        Reach.WIDER if any(not (homely and _is_loopback(one)) for one in more) else Reach.DECLARED
    )


def _span_of(declared: str | None) -> _Span:
    """Return what an entry's address stands for; a name that is not known is any."""
    bare = "" if declared is None else declared.strip().strip("[]").casefold()
    if bare == "localhost":
        return _Span(all_ipv4=False, all_ipv6=False, single=_LOOPBACK)
    packed = _packed(bare)
    if packed is None or not any(packed):
        return _Span(all_ipv4=True, all_ipv6=packed is None or _is_ipv6(bare), single=())
    return _Span(all_ipv4=False, all_ipv6=False, single=(packed,))


def _span_of_listener(one: Listener) -> _Span:
    packed = _packed(one.address)
    if packed is None or any(packed):
        single = () if packed is None else (packed,)
        return _Span(all_ipv4=False, all_ipv6=False, single=single)
    if len(packed) == len(_LOOPBACK[0]):
        return _Span(all_ipv4=True, all_ipv6=False, single=())
    return _Span(all_ipv4=one.takes_ipv4 is not False, all_ipv6=True, single=())


def _is_ipv6(address: str) -> bool:
    return ":" in address


def _is_loopback(address: bytes) -> bool:
    if len(address) == len(_LOOPBACK[0]):
        return address[0] == _LOOPBACK[0][0]
    return address == _LOOPBACK[1]


def _packed(address: str) -> bytes | None:
    """Return the bytes of a numeric address, those of IPv4 for one in IPv6's clothes."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            packed = socket.inet_pton(family, address)
        except (OSError, ValueError):
            continue
        return packed.removeprefix(_MAPPED)
    return None
