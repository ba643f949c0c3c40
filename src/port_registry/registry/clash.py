"""Clashes of endpoints: whether two of them exclude each other.

Two endpoints clash when their port intervals meet, they share a protocol, and both their
hosts and their addresses overlap. A host or an address that is not given is any; two
different hosts never overlap. An IPv6 wildcard overlaps IPv4, as is the default of systems.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from port_registry.model import Endpoint, Entry

_LOOPBACK = ("127.0.0.1", "::1")
"""The addresses of `localhost`."""


def clash(first: Endpoint, second: Endpoint) -> bool:
    """Return whether two services cannot listen on `first` and `second` at the same time."""
    if not first.ports.meets(second.ports):
        return False
    if not any(protocol in second.protocols for protocol in first.protocols):
        return False
    hosts = _host(first.host), _host(second.host)
    if None not in hosts and hosts[0] != hosts[1]:
        return False
    first_addresses, second_addresses = addresses_of(first.address), addresses_of(second.address)
    return (
        not first_addresses
        or not second_addresses
        or any(address in second_addresses for address in first_addresses)
    )


def clashing_pairs(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Yield pairs of entries that clash, the earlier in `entries` first, no pair twice.

    Every entry that clashes is in at least one pair, but not every pair of many clashing
    entries is: each is paired with the first that it meets on each host and address, so that
    time and output grow linearly with the entries and not with their square.
    """
    listed = list(entries)
    order = sorted(
        range(len(listed)), key=lambda index: (listed[index].endpoint.ports.first, index)
    )
    sweep = _Sweep(listed)
    pairs = {pair for index in order for pair in sweep.add(index)}
    for earlier, later in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        yield listed[earlier], listed[later]


_Slot = tuple[str, str | None, str | None]
"""A protocol, a host and an address. An empty text for host or address means entries that do
not give one, None means all entries."""


class _Sweep:
    """A sweep line over the ports, from the lowest, and the entries that it crosses."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._crossed: dict[_Slot, list[int]] = {}
        """Heaps of indexes in `entries`; entries that the line has passed are removed lazily."""

    def add(self, index: int) -> set[tuple[int, int]]:
        """Move the line to the start of the entry at `index`; return its clashing pairs."""
        endpoint = self._entries[index].endpoint
        host = _host(endpoint.host) or ""
        addresses = addresses_of(endpoint.address)
        pairs: set[tuple[int, int]] = set()
        for protocol in endpoint.protocols:
            name = protocol.value
            for other_host in (host, "") if host else (None,):
                for address in (*addresses, "") if addresses else (None,):
                    other = self._first((name, other_host, address), endpoint.ports.first)
                    if other is not None:
                        pairs.add((min(index, other), max(index, other)))
        for protocol in endpoint.protocols:
            for other_host in (host, None):
                for address in (*(addresses or ("",)), None):
                    heap = self._crossed.setdefault((protocol.value, other_host, address), [])
                    heappush(heap, index)
        return pairs

    def _first(self, slot: _Slot, port: int) -> int | None:
        """Return the index of the first entry in `slot` that holds `port`."""
        heap = self._crossed.get(slot)
        while heap:
            if self._entries[heap[0]].endpoint.ports.last >= port:
                return heap[0]
            heappop(heap)
        return None


def _host(host: str | None) -> str | None:
    """Return the normal form of a host's name; None for any host."""
    return host.casefold().rstrip(".") or None if host else None


def addresses_of(address: str | None) -> tuple[str, ...]:
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
    """Return the normal form of an IPv6 address, or the IPv4 address that it maps."""
    from ipaddress import AddressValueError, IPv6Address

    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        return address
    return str(parsed.ipv4_mapped or parsed)
