"""Clashes of endpoints, and the pairs of clashing entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bounded import within

from port_registry.model import Endpoint, Entry, Port, PortRange, Protocol, ProtocolSource, Span
from port_registry.registry.clash import clash, clashing_pairs

_NOWHERE = Span("ports.nix", 0, 0)


def _endpoint(
    first: int,
    last: int | None = None,
    protocols: str = "tcp",
    host: str | None = None,
    address: str | None = None,
) -> Endpoint:
    ports = PortRange(Port(first), Port(last or first))
    return Endpoint(ports, tuple(map(Protocol, protocols.split("+"))), host, address)


def _entry(name: str, endpoint: Endpoint) -> Entry:
    return Entry(
        name=(name,),
        endpoint=endpoint,
        protocol_source=ProtocolSource.ASSUMED,
        description="",
        internal=False,
        name_span=_NOWHERE,
        value_span=_NOWHERE,
        digits=(),
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (_endpoint(80), _endpoint(80), True),
        (_endpoint(80), _endpoint(81), False),
        (_endpoint(80, 90), _endpoint(90, 99), True),
        (_endpoint(80, 89), _endpoint(90, 99), False),
        (_endpoint(53, protocols="tcp"), _endpoint(53, protocols="udp"), False),
        (_endpoint(53, protocols="tcp+udp"), _endpoint(53, protocols="udp"), True),
        (_endpoint(80, host="a"), _endpoint(80, host="b"), False),
        (_endpoint(80, host="a"), _endpoint(80, host="A."), True),
        (_endpoint(80, host="a"), _endpoint(80), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="127.0.0.2"), False),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="0.0.0.0"), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="::"), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="[::]"), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="*"), True),
        (_endpoint(80, address="127.0.0.1"), _endpoint(80, address="::1"), False),
        (_endpoint(80, address="localhost"), _endpoint(80, address="::1"), True),
        (_endpoint(80, address="localhost"), _endpoint(80, address="127.0.0.1"), True),
        (_endpoint(80, address="::ffff:10.0.0.1"), _endpoint(80, address="10.0.0.1"), True),
        (_endpoint(80, address="fe80:0::1"), _endpoint(80, address="FE80::1"), True),
        (_endpoint(80, host="a", address="::1"), _endpoint(80, host="b", address="::1"), False),
    ],
)
def test_two_endpoints(first: Endpoint, second: Endpoint, expected: bool) -> None:
    assert clash(first, second) is expected
    assert clash(second, first) is expected


_endpoints = st.builds(
    lambda first, size, protocols, host, address: _endpoint(
        first, first + size, protocols, host, address
    ),
    st.integers(1, 12),
    st.sampled_from([0, 0, 0, 1, 5]),
    st.sampled_from(["tcp", "udp", "tcp+udp"]),
    st.sampled_from([None, None, "a", "b"]),
    st.sampled_from([None, None, "0.0.0.0", "127.0.0.1", "::1", "localhost", "10.0.0.1"]),
)


@given(st.lists(_endpoints, max_size=12))
def test_pairs_clash_and_every_clashing_entry_is_in_a_pair(endpoints: list[Endpoint]) -> None:
    entries = [_entry(f"e{number}", endpoint) for number, endpoint in enumerate(endpoints)]
    pairs = list(clashing_pairs(entries))
    assert len(pairs) == len(set(pairs))
    for earlier, later in pairs:
        assert clash(earlier.endpoint, later.endpoint)
        assert entries.index(earlier) < entries.index(later)
    unpaired = set(entries) - {entry for pair in pairs for entry in pair}
    for entry in unpaired:
        others = [later for later in entries if later is not entry]
        meeting = [later for later in others if clash(entry.endpoint, later.endpoint)]
        assert not set(meeting) & unpaired
    assert bool(pairs) is any(
        clash(earlier.endpoint, later.endpoint)
        for number, earlier in enumerate(entries)
        for later in entries[:number]
    )


def test_copies_are_each_paired_with_the_first() -> None:
    entries = [_entry(name, _endpoint(80)) for name in "abc"]
    pairs = [(earlier.service, later.service) for earlier, later in clashing_pairs(entries)]
    assert pairs == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize("hosts", [1, 5000])
def test_many_entries_on_one_port_take_linear_time(hosts: int) -> None:
    entries = [
        _entry(f"e{number}", _endpoint(9100, host=f"h{number % hosts}")) for number in range(10_000)
    ]
    with within(5):
        pairs = list(clashing_pairs(entries))
    assert len(pairs) == 10_000 - hosts


def test_many_wide_ranges_take_linear_time() -> None:
    entries = [_entry(f"e{number}", _endpoint(1 + number, 65535)) for number in range(10_000)]
    with within(5):
        assert len(list(clashing_pairs(entries))) == 9_999
