import socket

import pytest

from port_registry.model import Port, Protocol
from port_registry.system.bind_probe import is_bound
from tests.system.peers import free_port

_KINDS = {Protocol.TCP: socket.SOCK_STREAM, Protocol.UDP: socket.SOCK_DGRAM}


@pytest.mark.parametrize("protocol", _KINDS)
@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, "127.0.0.1"),
        (socket.AF_INET, ""),
        (socket.AF_INET6, "::1"),
        (socket.AF_INET6, ""),
    ],
)
def test_what_holds_a_port_on_any_address(protocol: Protocol, family: int, address: str) -> None:
    other = Protocol.UDP if protocol is Protocol.TCP else Protocol.TCP
    try:
        held = socket.socket(family, _KINDS[protocol])
        held.bind((address, free_port()))
    except OSError:
        pytest.skip("there is no IPv6")
    with held:
        if protocol is Protocol.TCP:
            held.listen()
        port = Port(held.getsockname()[1])
        assert is_bound(port, (protocol,))
        assert is_bound(port, (Protocol.TCP, Protocol.UDP))
        assert not is_bound(port, (other, Protocol.SCTP))
    assert not is_bound(port, (protocol,))


def test_nothing_is_held_by_looking() -> None:
    port = Port(free_port())
    assert not is_bound(port, (Protocol.TCP,))
    with socket.socket() as again:
        again.bind(("", port))
