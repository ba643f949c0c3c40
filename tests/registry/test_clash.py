"""Which endpoints clash, and the pairs that many entries make."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ("one", "other", "expected"),
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
def test_two_endpoints(one: Endpoint, other: Endpoint, expected: bool) -> None:
    assert clash(one, other) is expected
    assert clash(other, one) is expected


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
def test_pairs_clash_and_leave_no_clash_unsaid(endpoints: list[Endpoint]) -> None:
    entries = [_entry(f"e{number}", endpoint) for number, endpoint in enumerate(endpoints)]
    pairs = list(clashing_pairs(entries))
    assert len(pairs) == len(set(pairs))
    for one, other in pairs:
        assert clash(one.endpoint, other.endpoint)
        assert entries.index(one) < entries.index(other)
    alone = set(entries) - {entry for pair in pairs for entry in pair}
    for entry in alone:
        others = [other for other in entries if other is not entry]
        meeting = [other for other in others if clash(entry.endpoint, other.endpoint)]
        assert not set(meeting) & alone
    assert bool(pairs) is any(
        clash(one.endpoint, other.endpoint)
        for number, one in enumerate(entries)
        for other in entries[:number]
    )


def test_copies_are_each_paired_with_the_first() -> None:
    entries = [_entry(name, _endpoint(80)) for name in "abc"]
    pairs = [(one.service, other.service) for one, other in clashing_pairs(entries)]
    assert pairs == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize("hosts", [1, 5000])
def test_many_entries_on_one_port_take_no_square_of_time(hosts: int) -> None:
    entries = [
        _entry(f"e{number}", _endpoint(9100, host=f"h{number % hosts}")) for number in range(10_000)
    ]
    start = time.process_time()
    pairs = list(clashing_pairs(entries))
    assert time.process_time() - start < 5
    assert len(pairs) == 10_000 - hosts


def test_many_wide_ranges_take_no_square_of_time() -> None:
    entries = [_entry(f"e{number}", _endpoint(1 + number, 65535)) for number in range(10_000)]
    start = time.process_time()
    assert len(list(clashing_pairs(entries))) == 9_999
    assert time.process_time() - start < 5
