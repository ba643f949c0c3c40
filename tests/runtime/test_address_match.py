import pytest

from port_registry.model import Listener, Port, Protocol
from port_registry.runtime.address_match import Reach, compare_reach, overlap


def _at(address: str, takes_ipv4: bool | None = None) -> Listener:
    return Listener(Protocol.TCP, address, Port(5432), takes_ipv4, listens=True, socket=1, uid=0)


_DUAL = _at("::", True)
_ONLY = _at("::", False)
_UNSAID = _at("::", None)
_ALL_IPV4 = _at("0.0.0.0")
_HOME = _at("127.0.0.1")
_HOME6 = _at("::1")
_OUTSIDE = _at("192.0.2.1")


@pytest.mark.parametrize(
    ("declared", "on", "off"),
    [
        (None, [_DUAL, _ONLY, _UNSAID, _ALL_IPV4, _HOME, _HOME6, _OUTSIDE], []),
        ("0.0.0.0", [_DUAL, _UNSAID, _ALL_IPV4, _HOME], [_ONLY, _HOME6]),
        ("::", [_DUAL, _ONLY, _ALL_IPV4, _HOME, _HOME6], []),
        ("127.0.0.1", [_DUAL, _UNSAID, _ALL_IPV4, _HOME], [_ONLY, _HOME6, _OUTSIDE]),
        ("[::1]", [_DUAL, _ONLY, _HOME6], [_ALL_IPV4, _HOME]),
        ("0:0:0:0:0:0:0:1", [_HOME6], [_HOME]),
        ("localhost", [_HOME, _HOME6, _ALL_IPV4, _ONLY], [_OUTSIDE]),
        ("127.0.0.1", [_at("::ffff:127.0.0.1")], [_at("::ffff:127.0.0.2")]),
        ("db.example", [_HOME, _OUTSIDE, _HOME6], []),
    ],
)
def test_which_listeners_are_in_the_way(
    declared: str | None, on: list[Listener], off: list[Listener]
) -> None:
    assert [listener.address for listener in on if not overlap(declared, listener)] == []
    assert [listener.address for listener in off if overlap(declared, listener)] == []


@pytest.mark.parametrize(
    ("declared", "listeners", "reach"),
    [
        (None, [_HOME], Reach.DECLARED),
        ("127.0.0.1", [_HOME], Reach.DECLARED),
        ("127.0.0.1", [_HOME, _HOME6], Reach.DECLARED),
        ("127.0.0.1", [_HOME6], Reach.APART),
        ("127.0.0.1", [_OUTSIDE], Reach.APART),
        ("127.0.0.1", [_HOME, _OUTSIDE], Reach.WIDER),
        ("127.0.0.1", [_ALL_IPV4], Reach.WIDER),
        ("127.0.0.1", [_DUAL], Reach.WIDER),
        ("127.0.0.1", [_ONLY], Reach.APART),
        ("localhost", [_HOME6], Reach.DECLARED),
        ("192.0.2.1", [_OUTSIDE, _HOME], Reach.WIDER),
        ("0.0.0.0", [_ALL_IPV4], Reach.DECLARED),
        ("0.0.0.0", [_DUAL], Reach.DECLARED),
        ("0.0.0.0", [_HOME], Reach.NARROWER),
        ("*", [_ALL_IPV4], Reach.DECLARED),
        ("::", [_DUAL], Reach.DECLARED),
        ("::", [_ALL_IPV4], Reach.NARROWER),
        ("::", [_HOME6], Reach.NARROWER),
    ],
)
def test_how_far_a_service_reaches(
    declared: str | None, listeners: list[Listener], reach: Reach
) -> None:
    assert compare_reach(declared, listeners) is reach
