"""What listens: as the kernel says, as its tables say, and as psutil says."""

import socket
import subprocess
import sys

import pytest

from port_registry.model import Listener, Port, Protocol
from port_registry.system.sockets import connected_sockets, listeners, netlink, portable, procfs
from tests.system.scene import holder, network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")

_KINDS = {Protocol.TCP: socket.SOCK_STREAM, Protocol.UDP: socket.SOCK_DGRAM}


def _bound(family: int, kind: int, address: str, only_ipv6: int) -> socket.socket:
    try:
        made = socket.socket(family, kind)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_ipv6)
        made.bind((address, 0))
    except OSError:
        pytest.skip("there is no IPv6")
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def _on(port: int) -> tuple[Listener, ...]:
    return listeners(Port(port)).listeners


_PLACES = [
    (socket.AF_INET, "127.0.0.1", 0, None),
    (socket.AF_INET, "0.0.0.0", 0, None),
    (socket.AF_INET6, "::1", 1, None),
    (socket.AF_INET6, "::", 1, False),
    (socket.AF_INET6, "::", 0, True),
]


@pytest.mark.parametrize("protocol", _KINDS)
@pytest.mark.parametrize(("family", "address", "only_ipv6", "takes_ipv4"), _PLACES)
def test_every_family_protocol_and_address(
    protocol: Protocol, family: int, address: str, only_ipv6: int, takes_ipv4: bool | None
) -> None:
    with _bound(family, _KINDS[protocol], address, only_ipv6) as held:
        port = held.getsockname()[1]
        (listener,) = _on(port)
        assert listener in listeners().listeners
        assert (listener.protocol, listener.address, listener.port) == (protocol, address, port)
        assert (listener.takes_ipv4, listener.listens) == (takes_ipv4, True)
        assert listener.is_wildcard() == (address in ("0.0.0.0", "::"))
        assert listener.is_ipv6() == (family == socket.AF_INET6)
        others = [*procfs.listeners(), *portable.listeners()[0]]
        assert sum(other[:3] == listener[:3] for other in others) == 2
        from_table = next(other for other in procfs.listeners() if other[:3] == listener[:3])
        assert (from_table.socket, from_table.uid) == (listener.socket, listener.uid)
    assert _on(port) == ()


def test_connections_are_no_listeners() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0]:
            assert len(_on(port)) == 1
            own = client.getsockname()[1]
            assert _on(own) == ()
            assert [other.address for other in connected_sockets(Port(own))] == ["127.0.0.1"]
            assert not connected_sockets(Port(own))[0].listens
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("127.0.0.1", 9))
        own = asking.getsockname()[1]
        assert _on(own) == ()
        assert [other.protocol for other in connected_sockets(Port(own))] == [Protocol.UDP]


def test_a_socket_that_is_only_bound() -> None:
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        listener = _on(idle.getsockname()[1])
        if not listener:
            pytest.skip("this kernel does not list sockets that do not listen")
        assert [other.listens for other in listener] == [False]


def test_sockets_that_share_a_port() -> None:
    with holder("tcp,127.0.0.1,0,reuse") as other:
        with holder(f"tcp,127.0.0.1,{other.ports[0]},reuse"):
            assert len({listener.socket for listener in _on(other.ports[0])}) == 2
        assert len(_on(other.ports[0])) == 1


def test_another_network_is_not_seen() -> None:
    with network() as enter, holder("tcp,127.0.0.1,0", within=enter) as there:
        assert _on(there.ports[0]) == ()
        counted = "from port_registry.system.sockets import listeners; print(len(listeners()[0]))"
        done = subprocess.run(
            [*enter, sys.executable, "-c", counted], capture_output=True, text=True, check=True
        )
        assert done.stdout == "1\n"


def test_ten_thousand_listeners() -> None:
    with network() as enter:
        done = subprocess.run(
            [*enter, sys.executable, "-c", _MANY], capture_output=True, text=True, check=True
        )
        assert done.stdout == "10000 10000 1 1 [True]\n"


_MANY = """
import os, resource, socket

resource.setrlimit(resource.RLIMIT_NOFILE, (10_100, 10_100))
held = []
for port in range(20_000, 30_000):
    held.append(socket.create_server(("127.0.0.1", port)))
from port_registry.system.socket_owners import find_owners
from port_registry.system.sockets import listeners
found = listeners().listeners
owners = find_owners(one.socket for one in found)
one = listeners(25_000).listeners
of_one = find_owners(one.socket for one in one).pids
whose = {pids for pids in owners.pids.values()} | set(of_one.values())
print(len(found), len(owners.pids), len(one), len(of_one), [whose == {(os.getpid(),)}])
"""


@pytest.fixture
def unanswering(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: Port | None) -> list[Listener]:
        raise OSError(f"no answer about {port}")

    monkeypatch.setattr(netlink, "listeners", refuse)
    monkeypatch.setattr(netlink, "connected_sockets", refuse)


@pytest.mark.usefixtures("unanswering")
def test_where_the_kernel_does_not_answer_its_tables_are_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert [other.address for other in _on(port)] == ["127.0.0.1"]
        assert connected_sockets(Port(port)) == ()
