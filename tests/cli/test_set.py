"""`port-registry set`, as it is typed."""

import pytest

from tests.cli.command import run
from tests.project.made import read, write

_REGISTRY = "{\n  databases = {\n    redis = 6379;\n    postgresql = 5432;\n  };\n}\n"

_STACK = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
"""


def test_a_port_is_set_with_what_is_tied_to_it(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "process-compose.yaml": _STACK})
    done = run(root, "set", "databases.redis", "5003")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "Changed databases.redis, with 2 places that use it: process-compose.yaml, lib/ports.nix.\n"
    )
    assert read(root, "process-compose.yaml") == _STACK.replace("6379", "5003")
    assert run(root, "check").status == 0


def test_a_protocol_and_a_description_are_set(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    done = run(root, "set", "databases.redis", "--protocol", "both", "--description", "a  cache")
    assert done.status == 0
    assert "    redis = 6379; # tcp/udp: a cache\n" in read(root, "lib/ports.nix")
    assert run(root, "set", "databases.redis", "--description", "").status == 0
    assert "    redis = 6379; # tcp/udp\n" in read(root, "lib/ports.nix")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5432"], "databases.redis cannot have 5432: it clashes with databases.postgresql"),
        (["0"], "invalid port `0`"),
        (["x"], "invalid port `x`"),
        ([], "nothing to set of databases.redis"),
        (["5000", "--protocol", "ip"], "invalid choice: 'ip'"),
    ],
)
def test_what_cannot_be_set(tmp_path: object, arguments: list[str], message: str) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    done = run(root, "set", "databases.redis", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert read(root, "lib/ports.nix") == _REGISTRY
