import socket

import pytest

from port_registry.changes import entry_details
from tests.cli.command import run
from tests.project.made import write

_FILES = {
    "lib/ports.nix": (
        "{\n"
        "  databases.redis = 6379; # the cache\n"
        '  web.api = { port = 3000; host = "web1"; address = "127.0.0.1"; };\n'
        "  media.rtp = { from = 40000; to = 40001; };\n"
        "}\n"
    ),
    "modules/redis.nix": (
        "let ports = import ../lib/ports.nix; in\n"
        "{ services.redis.servers.main.port = ports.databases.redis; }\n"
    ),
    "process-compose.yaml": (
        "processes:\n"
        "  redis:\n"
        "    # Port from lib/ports.nix: databases.redis = 6379\n"
        "    command: redis-server --port 6379\n"
        "  other:\n"
        "    command: serve --port 7777\n"
    ),
}


@pytest.fixture
def root(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(entry_details, "is_bound", lambda _port, _protocols: False)
    return write(tmp_path, _FILES)


def test_an_entry(root: str) -> None:
    done = run(root, "show", "databases.redis")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "databases.redis\n"
        "  declared\n"
        "    databases.redis = 6379 (tcp): the cache, lib/ports.nix:2\n"
        "  known for\n"
        "    redis: In-memory key-value store\n"
        "    dragonfly: Redis-compatible in-memory store\n"
        "    keydb: Multithreaded Redis fork\n"
        "    valkey: Open-source Redis fork\n"
        "    registered with IANA as redis\n"
        "  used in 3 places\n"
        "    modules/redis.nix:2: reference\n"
        "    process-compose.yaml:3: annotation\n"
        "    process-compose.yaml:4: number\n"
        "  now\n"
        "    nothing listens there\n"
    )


def test_a_port(root: str) -> None:
    done = run(root, "show", "6379")
    assert "modules/redis.nix:2: reference of databases.redis\n" in done.out
    assert run(root, "show", "40001").out.splitlines()[2].startswith("    media.rtp = 40000-40001")
    free = run(root, "show", "7777").out
    assert "    by no entry\n" in free
    assert "  used in 1 place\n    process-compose.yaml:6: number\n" in free


def test_all_that_an_entry_says(root: str) -> None:
    done = run(f"{root}/lib", "show", "web.api")
    assert "web.api = 3000 (tcp), on web1, at 127.0.0.1, ports.nix:3\n" in done.out


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("6000", "refused by browsers, which keep it for X11"),
        ("50000", "handed to outgoing connections by linux"),
        ("5000", "on macos"),
    ],
)
def test_what_a_number_is_known_for(root: str, number: str, text: str) -> None:
    assert text.casefold() in run(root, "show", number).out.casefold()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("databases.rediss", "did you mean `databases.redis`?"),
        ("0", "expected 1 to 65535"),
        ("65536", "expected 1 to 65535"),
        ("9" * 5000, "expected 1 to 65535"),
        ("a..b", "there is no entry `a..b`"),
    ],
)
def test_what_is_not_there(root: str, query: str, text: str) -> None:
    done = run(root, "show", query)
    assert (done.status, done.out) == (2, "")
    assert text in done.err


def test_who_listens_now(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        text = "something on this machine listens there (TCP)"
        assert text in run(root, "show", str(port)).out
