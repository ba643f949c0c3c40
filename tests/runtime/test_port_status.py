"""What an entry comes to where the system does not show all sockets."""

import os
import socket

import pytest

from port_registry.model import (
    Endpoint,
    Entry,
    Listener,
    OwnedSocket,
    Port,
    PortRange,
    Process,
    Protocol,
    ProtocolSource,
    Span,
)
from port_registry.runtime.port_status import (
    PortState,
    PortStatus,
    owners_of,
    port_status,
)

_NOWHERE = Span("lib/ports.nix", 0, 0)


def _entry(first: int, last: int = 0) -> Entry:
    ports = PortRange(Port(first), Port(last or first))
    return Entry(
        name=("web", "shop"),
        endpoint=Endpoint(ports, (Protocol.TCP,)),
        protocol_source=ProtocolSource.ASSUMED,
        description="",
        internal=False,
        name_span=_NOWHERE,
        value_span=_NOWHERE,
        digits=(),
    )


def _stand(first: int, last: int = 0) -> PortStatus:
    return port_status(_entry(first, last), (), (), complete=False)


@pytest.mark.parametrize("more", [0, 2])
def test_a_socket_that_is_not_listed_is_found_by_trying(more: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status = _stand(max(port - more, 1024), port)
        assert (status.state, status.owners) == (PortState.UNNAMED, ())
        assert status.disagrees()
    assert _stand(port).state is PortState.FREE


def test_what_cannot_be_tried_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _stand(80).state is PortState.UNSEEN
    assert _stand(20000, 30000).state is PortState.UNSEEN
    assert _stand(80).disagrees()


def _held(pids: tuple[tuple[int, int], ...], port: int, *, hidden: bool = False) -> OwnedSocket:
    listener = Listener(Protocol.TCP, "0.0.0.0", Port(port), None, listens=True, socket=port, uid=0)
    processes = tuple(Process(pid, 0.0, parent, "root", "x", (), "") for pid, parent in pids)
    return OwnedSocket(listener, processes, hidden)


def test_the_first_of_several_is_the_one_that_started_the_others() -> None:
    many = 2**22
    group = [_held(((1, 0), (many + 1, many + 3), (many + 2, many + 3), (many + 3, 1)), 7000)]
    (owner,) = owners_of(group)
    assert [process.pid - many for process in owner.processes[:3]] == [3, 1, 2]
    assert owner.processes[-1].pid == 1


def test_whoever_cannot_be_named_may_be_another_on_each_port() -> None:
    pair = ((2**22 + 1, 1),)
    held = [_held((), 1), _held((), 2), _held(pair, 3), _held(pair, 4)]
    assert [len(owner.listeners) for owner in owners_of(held)] == [1, 1, 2]


def test_whom_root_could_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert owners_of([_held((), 1, hidden=True)])[0].reason == (
        "only root can see the owning process"
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert owners_of([_held((), 1, hidden=True)])[0].reason == (
        "no owning process is visible (another pid namespace, or the kernel)"
    )
