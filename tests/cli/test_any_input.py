"""Whatever the files hold, a run ends with a promised status, and fixing twice is fixing once."""

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.command import run
from tests.sizes import size

_PORTS = b"""{
  databases = { redis = 6380; postgresql = 5432; }; # udp: x
  web.range = { from = 8000; to = 8010; };
}
"""
_STACK = b"""processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379 # port-registry: allow stale-annotation
  api: &api
    command: run --port 8000
    environment: {PORT: "3000"}
    depends_on: {redis: {condition: process_healthy}}
  other:
    <<: *api
    readiness_probe: {http_get: {host: localhost, port: 8000}}
"""
_COMPOSE = b"""include: [x.yaml]
services:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    ports: &p ["${REDIS_PORT:-6379}:6379", "8000-8010:80-90/udp"]
    extends: {file: x.yaml, service: y}
  web:
    <<: {network_mode: host}
    ports: *p
    profiles: [a]
    environment: [PORT=8000, "URL=http://localhost:6379"]
"""
_ENV = b"""# Port from lib/ports.nix: databases.redis = 6379
export REDIS_PORT='6379'
A_PORT=8000 # Port from ports.nix: web.range
URLS="http://localhost:8000,
http://localhost:5432"
"""
_CONFIG = b"""select = ["all"]
exclude = ["x/**"]
[severity]
port-clash = "note"
[ranges]
web = ["3000-3999"]
"""
_PIECES = st.sampled_from(
    b"|{|}|[|]|:|'|\"|#| |\t|\r|\n|*api|&api|\xff|\x00|\xef\xbb\xbf|\xed\xa0\x80|\xc3\xa9".split(
        b"|"
    )
    + b"0|65536|-1|80.0|${X}|{{.X}}|rec |import ./ports.nix|<<: |- |>\n|null|!!int ".split(b"|")
    + [b"9" * 400]
)


@st.composite
def _mutated(draw: st.DrawFn, data: bytes) -> bytes:
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.sampled_from([0, 0, 1, 4, 30])), len(data))
        data = data[:start] + draw(_PIECES) + data[end:]
    return data


def _assert_fixed_once(root: str) -> None:
    """Assert that a run that fixes everything ends as promised, and the next finds nothing."""
    first = run(root, "check", "--fix", "--unsafe-fixes")
    assert first.status in (0, 1, 2), first.err
    again = run(root, "check", "--fix", "--unsafe-fixes")
    assert (again.status, again.out) == (first.status, first.out)
    assert "Fixed" not in again.err


@pytest.mark.slow
@settings(max_examples=size(24, 120), deadline=None)
@given(compose=_mutated(_COMPOSE), env=_mutated(_ENV), template=_mutated(_ENV))
def test_any_containers_and_variables_end_as_promised(
    compose: bytes, env: bytes, template: bytes
) -> None:
    files = {"ports.nix": _PORTS, "compose.yaml": compose, ".env": env, ".env.example": template}
    with tempfile.TemporaryDirectory() as root:
        for path, data in files.items():
            with open(f"{root}/{path}", "wb") as file:
                file.write(data)
        _assert_fixed_once(root)


@pytest.mark.slow
@settings(max_examples=size(24, 120), deadline=None)
@given(
    ports=_mutated(_PORTS),
    stack=_mutated(_STACK) | st.binary(max_size=60),
    config=_mutated(_CONFIG) | st.just(_CONFIG),
)
def test_any_files_end_as_promised(ports: bytes, stack: bytes, config: bytes) -> None:
    files = {"ports.nix": ports, "process-compose.yaml": stack, "port-registry.toml": config}
    with tempfile.TemporaryDirectory() as root:
        for path, data in files.items():
            with open(f"{root}/{path}", "wb") as file:
                file.write(data)
        for arguments in (("check",), ("check", "--format", "json"), ("list",)):
            done = run(root, *arguments)
            assert done.status in (0, 1, 2), done.err
            assert (done.status == 2) == done.err.startswith("error: "), done
        _assert_fixed_once(root)
