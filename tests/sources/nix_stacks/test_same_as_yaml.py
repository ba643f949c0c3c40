"""The same stack in Nix and in YAML names the same processes, ports, roles and programs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.nix_stacks.reading import FLAKE, PORTS, Heart, heart, read
from tests.sources.process_compose.reading import stack as read_yaml

PATTERN = (
    """
{ inputs, ... }:
{
  imports = [ inputs.process-compose-flake.flakeModule ];
  perSystem = { pkgs, ... }:
    let ports = import ./lib/ports.nix; in
    {
      process-compose.dev.settings.processes = {
        api = {
          command = "${pkgs.bun}/bin/bun run dev";
          environment.PORT = toString ports.development.api;
          depends_on.redis.condition = "process_healthy";
        };
        redis = {
          command = "${pkgs.redis}/bin/redis-server --port ${toString ports.databases.redis}";
          is_daemon = true;
          readiness_probe.exec.command =
            "${pkgs.redis}/bin/redis-cli -p ${toString ports.databases.redis} ping";
        };
        postgres = {
          command = "${pkgs.postgresql_18}/bin/postgres -p ${toString ports.databases.postgresql}";
          readiness_probe = {
            exec.command = "nc -z localhost ${toString ports.databases.postgresql}";
            initial_delay_seconds = 2;
          };
        };
      };
    };
}
""",
    """
processes:
  api:
    command: bun run dev
    environment: [PORT=3000]
    depends_on: {redis: {condition: process_healthy}}
  redis:
    command: redis-server --port 6379
    is_daemon: true
    readiness_probe: {exec: {command: redis-cli -p 6379 ping}}
  postgres:
    command: postgres -p 5432
    readiness_probe:
      exec: {command: nc -z localhost 5432}
      initial_delay_seconds: 2
""",
)

FEATURES = (
    """
{ perSystem = { pkgs, ... }: let port = 8213; in {
  process-compose."web" = {
    settings = {
      environment = { UPSTREAM_PORT = "4100"; };
      vars.METRICS = 9101;
      processes = {
        web = {
          command = ''
            ${pkgs.web}/bin/web serve \\
              --port ${builtins.toString port} "data"
          '';
          environment = [ "METRICS_PORT={{.METRICS}}" "URL=http://localhost:${toString port}" ];
          readiness_probe.http_get = { host = "localhost"; inherit port; path = "/"; };
          liveness_probe.http_get = { host = "127.0.0.1"; port = 8214; scheme = "https"; };
          shutdown.command = "curl -X POST localhost:8215/quit";
          disabled = true;
          replicas = 2;
          working_dir = "/tmp";
          availability.restart = "always";
        };
        worker = {
          entrypoint = [ "worker" "--listen" "127.0.0.1:7001" ];
          depends_on."web".condition = "process_started";
        };
        check.command = "PORT=9000 sh -c 'api --port $PORT'";
      };
    };
  };
}; }
""",
    """
environment: [UPSTREAM_PORT=4100]
vars: {METRICS: 9101}
processes:
  web:
    command: |
      web serve \\
        --port 8213 "data"
    environment: ["METRICS_PORT={{.METRICS}}", "URL=http://localhost:8213"]
    readiness_probe: {http_get: {host: localhost, port: "8213", path: /}}
    liveness_probe: {http_get: {host: 127.0.0.1, port: "8214", scheme: https}}
    shutdown: {command: curl -X POST localhost:8215/quit}
    disabled: true
    replicas: 2
    working_dir: /tmp
  worker:
    entrypoint: [worker, --listen, "127.0.0.1:7001"]
    depends_on: {web: {condition: process_started}}
  check:
    command: PORT=9000 sh -c 'api --port $PORT'
""",
)


def hearts(nix: str, yaml: str) -> tuple[list[Heart], list[Heart]]:
    (ours,) = read({FLAKE: nix}).stacks
    _, theirs = read_yaml(yaml)
    return [heart(one) for one in ours.services], [heart(one) for one in theirs.services]


@pytest.mark.parametrize(("nix", "yaml"), [PATTERN, FEATURES], ids=["pattern", "features"])
def test_written_by_hand(nix: str, yaml: str) -> None:
    ours, theirs = hearts(nix, yaml)
    assert ours == theirs


def test_shared_uses() -> None:
    (ours,) = read({FLAKE: FEATURES[0]}).stacks
    _, theirs = read_yaml(FEATURES[1])
    assert [use.number for use in ours.shared] == [use.number for use in theirs.shared] == [4100]


def test_the_patterns_references_name_their_entries() -> None:
    found = read({FLAKE: PATTERN[0], "lib/ports.nix": PORTS})
    entries = {
        use.entry for name in ("api", "redis", "postgres") for use in found.process(name).uses
    }
    names = [("databases", "postgresql"), ("databases", "redis"), ("development", "api")]
    assert sorted(entries) == names
    assert all(use.digits is None for use in found.process("redis").uses)


NUMBERS = st.integers(min_value=1, max_value=65535)
COMMANDS = st.sampled_from(
    [
        "redis-server --port {0}",
        "postgres -p {0} -D data",
        "env PORT={0} bun run dev",
        "exec api serve --listen 0.0.0.0:{0} # {1}",
        "nc -l {0}",
        "curl http://localhost:{0}/a?b={1}",
        "sh -c \"web --port {0}\" && echo '{1}'",
    ]
)
PROCESSES = st.fixed_dictionaries(
    {"command": st.builds(str.format, COMMANDS, NUMBERS, NUMBERS)},
    optional={
        "environment": st.dictionaries(
            st.sampled_from(["PORT", "REDIS_PORT", "DATABASE_URL", "DEBUG"]),
            st.builds("{}".format, NUMBERS) | st.builds("http://localhost:{}".format, NUMBERS),
        ),
        "disabled": st.booleans(),
        "replicas": st.integers(min_value=1, max_value=3),
        "readiness_probe": st.fixed_dictionaries(
            {"http_get": st.fixed_dictionaries({"host": st.just("127.0.0.1"), "port": NUMBERS})}
        ),
        "depends_on": st.just({"other": {"condition": "process_started"}}),
    },
)


def as_nix(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = " ".join(f"{json.dumps(name)} = {as_nix(item)};" for name, item in value.items())
        return f"{{ {pairs} }}"
    return json.dumps(value)


@given(st.dictionaries(st.sampled_from(["api", "web", "redis", "db"]), PROCESSES, min_size=1))
def test_written_at_random(stack: dict[str, object]) -> None:
    nix = f"{{ process-compose.dev.settings.processes = {as_nix(stack)}; }}"
    ours, theirs = hearts(nix, json.dumps({"processes": stack}))
    assert ours == theirs
