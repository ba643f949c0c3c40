import socket

import pytest

from port_registry.system import host
from port_registry.system.host import is_this_host


@pytest.mark.parametrize(
    ("name", "is_here"),
    [
        ("web1", True),
        ("WEB1", True),
        ("web1.example.org", True),
        ("web1.", True),
        ("web10", False),
        ("web", False),
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("127.0.0.53", True),
        ("192.0.2.77", False),
        ("2001:db8::7", False),
    ],
)
def test_a_name_or_an_address(name: str, is_here: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "hostname", lambda: "web1")
    assert is_this_host(name) == is_here


def test_the_name_is_the_systems() -> None:
    assert is_this_host(socket.gethostname())
