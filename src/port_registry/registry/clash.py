"""When two endpoints cannot be listened on side by side.

Their port intervals meet, they share a protocol, and both their hosts and their addresses
overlap. A host or an address that is not given is any; two different hosts never overlap.
An IPv6 wildcard takes IPv4 too, which is what systems do unless told otherwise.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from port_registry.model import Endpoint, Entry

_LOOPBACK = ("127.0.0.1", "::1")
"""What `localhost` stands for."""


def clash(first: Endpoint, second: Endpoint) -> bool:
    """Return whether `first` and `second` cannot both be listened on."""
    if not first.ports.meets(second.ports):
        return False
    if not any(protocol in second.protocols for protocol in first.protocols):
        return False
    hosts = _host(first.host), _host(second.host)
    if None not in hosts and hosts[0] != hosts[1]:
        return False
    mine, theirs = _addresses(first.address), _addresses(second.address)
    return not mine or not theirs or any(address in theirs for address in mine)


def clashing_pairs(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Yield pairs of entries that clash, the earlier in `entries` first, no pair twice.

    Every entry that clashes is in at least one pair, but where many meet not every pair of
    them is given: each is paired with the first one that it meets on each host and address,
    so that the time taken and the pairs given grow with the entries and not with their
    square.
    """
    listed = list(entries)
    order = sorted(range(len(listed)), key=lambda at: (listed[at].endpoint.ports.first, at))
    sweep = _Sweep(listed)
    found = {pair for at in order for pair in sweep.add(at)}
    for earlier, later in sorted(found, key=lambda pair: (pair[1], pair[0])):
        yield listed[earlier], listed[later]


_Place = tuple[str, str | None, str | None]
"""A protocol, a host and an address. An empty text for host or address means those that do
not say one, None means all that there are."""


class _Sweep:
    """A line that moves over the ports, lowest first, and the entries that it crosses."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._crossed: dict[_Place, list[int]] = {}
        """Heaps of positions in `entries`; those that the line has left go lazily."""

    def add(self, at: int) -> set[tuple[int, int]]:
        """Move the line to the start of the entry at `at`; return the pairs it makes."""
        endpoint = self._entries[at].endpoint
        host = _host(endpoint.host) or ""
        addresses = _addresses(endpoint.address)
        pairs: set[tuple[int, int]] = set()
        for protocol in endpoint.protocols:
            name = protocol.value
            for near in (host, "") if host else (None,):
                for address in (*addresses, "") if addresses else (None,):
                    other = self._first((name, near, address), endpoint.ports.first)
                    if other is not None:
                        pairs.add((min(at, other), max(at, other)))
        for protocol in endpoint.protocols:
            for near in (host, None):
                for address in (*(addresses or ("",)), None):
                    heap = self._crossed.setdefault((protocol.value, near, address), [])
                    heappush(heap, at)
        return pairs

    def _first(self, place: _Place, port: int) -> int | None:
        """Return the first of the entries at `place` that hold `port`."""
        heap = self._crossed.get(place)
        while heap:
            if self._entries[heap[0]].endpoint.ports.last >= port:
                return heap[0]
            heappop(heap)
        return None


def _host(host: str | None) -> str | None:
    """Return the form in which spellings of a host are the same; None for any host."""
    return host.casefold().rstrip(".") or None if host else None


def _addresses(address: str | None) -> tuple[str, ...]:
    """Return the addresses that `address` means; empty for the wildcard."""
    if address is None:
        return ()
    address = address.strip().strip("[]").casefold()
    if not address.strip("0.:*"):
        return ()
    if address == "localhost":
        return _LOOPBACK
    if ":" in address:
        return (_ipv6(address),)
    return (address,)


def _ipv6(address: str) -> str:
    """Return the one spelling of an IPv6 address, of an IPv4 one in IPv6's clothes."""
    from ipaddress import AddressValueError, IPv6Address

    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        return address
    return str(parsed.ipv4_mapped or parsed)
