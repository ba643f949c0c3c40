import pytest

from port_registry.model import (
    Endpoint,
    Entry,
    Machine,
    Port,
    PortRange,
    Process,
    Protocol,
    ProtocolSource,
    Span,
    Supervisor,
    SupervisorKind,
)
from port_registry.runtime import expected_process
from port_registry.runtime.expected_process import (
    program_names,
    why_expected,
    why_user_expected,
)

_NOWHERE = Span("lib/ports.nix", 0, 0)


def _entry(name: str, port: int = 6379) -> Entry:
    return Entry(
        name=tuple(name.split(".")),
        endpoint=Endpoint(PortRange(Port(port), Port(port)), (Protocol.TCP,)),
        protocol_source=ProtocolSource.ASSUMED,
        description="",
        internal=False,
        name_span=_NOWHERE,
        value_span=_NOWHERE,
        digits=(),
    )


def _process(*command: str, name: str = "", directory: str = "") -> Process:
    return Process(2**22 + 1, 0.0, 1, "alice", name, command, directory)


_NO_STACKS: tuple[Machine, ...] = ()


@pytest.mark.parametrize(
    ("entry", "process", "reason"),
    [
        ("databases.redis", _process("redis-server", "*:6379"), "redis-server is redis"),
        ("databases.redis", _process("/opt/valkey-server"), "valkey-server is valkey"),
        ("databases.redis", _process("postgres: writer"), None),
        ("databases.redis", _process("node", "server.js"), None),
        ("databases.redis", _process(name="redis-server"), "redis-server is redis"),
        (
            "databases.redis",
            _process("/nix/store/x/bin/.redis-server-wrapped"),
            "redis-server is redis",
        ),
        ("web.shop", _process("/srv/shop"), "shop is named like web.shop"),
        ("web.shop", _process("python3.11", "-u", "/srv/shop"), "shop is named like web.shop"),
        ("web.shop", _process("node", "--inspect", "shop.js"), "shop is named like web.shop"),
        ("web.shop", _process("java", "-jar", "shop.jar"), "shop is named like web.shop"),
        ("web.node", _process("node", "other.js", name="node"), None),
        ("web.shop", _process("bun", "run", directory="/home/a/shop"), "it works in /home/a/shop"),
        ("web.shop", _process("bun", "run", directory="/home/a/cart"), None),
        ("databases.redis", _process("bun", "run", directory="/home/a/redis"), None),
        ("web.shop", _process(), None),
    ],
)
def test_the_program_its_name_and_its_folder(
    entry: str, process: Process, reason: str | None
) -> None:
    assert why_expected(_entry(entry), process, _NO_STACKS) == reason


def test_a_container_behind_docker() -> None:
    command = (
        *("/usr/bin/docker-proxy", "-proto", "tcp", "-host-ip", "0.0.0.0", "-host-port", "6380"),
        *("-container-ip", "172.17.0.2", "-container-port", "6379"),
    )
    proxy = _process(*command, name="docker-proxy")
    reason = "it forwards to port 6379 of a container, redis's own"
    assert why_expected(_entry("databases.redis", 6380), proxy, _NO_STACKS) == reason
    assert why_expected(_entry("databases.mysql", 6380), proxy, _NO_STACKS) is None
    assert why_expected(_entry("web.shop", 6380), proxy, _NO_STACKS) is None


@pytest.mark.parametrize(
    ("supervisor", "reason"),
    [
        (Supervisor(SupervisorKind.SYSTEMD, "shop.service", ""), "systemd runs it as shop.service"),
        (
            Supervisor(SupervisorKind.SYSTEMD_USER, "shop@1.service", ""),
            "systemd runs it as shop@1.service",
        ),
        (Supervisor(SupervisorKind.SYSTEMD, "cart.service", ""), None),
        (Supervisor(SupervisorKind.CONTAINER, "shop", ""), None),
        (Supervisor(SupervisorKind.PROCESS_COMPOSE, "shop", ""), "process-compose runs it as shop"),
        (Supervisor(SupervisorKind.PROCESS_COMPOSE, "cart", ""), None),
    ],
)
def test_what_keeps_it(
    supervisor: Supervisor, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected_process, "supervisors_of", lambda _process: (supervisor,))
    assert why_expected(_entry("web.shop"), _process("bun", "run"), _NO_STACKS) == reason


@pytest.mark.parametrize(
    ("entry", "user", "reason"),
    [
        ("databases.redis", "redis", "it belongs to the user redis"),
        ("databases.postgresql", "postgres", "it belongs to the user postgres"),
        ("databases.redis", "postgres", None),
        ("databases.redis", "root", None),
        ("web.shop", "shop", "it belongs to the user shop"),
    ],
)
def test_the_user_it_belongs_to(entry: str, user: str, reason: str | None) -> None:
    assert why_user_expected(_entry(entry), user) == reason


def test_the_names_of_a_program() -> None:
    assert program_names(_process("nginx: master process", name="nginx")) == ("nginx",)
    assert program_names(_process("python3", "-m", "http.server", "8000")) == (
        "http.server",
        "http",
    )
    assert program_names(_process("python3", name="python3")) == ()
