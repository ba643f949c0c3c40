"""Processes that are filled in from a registry, and the stacks that are refused."""

import json
import re
import subprocess
from pathlib import Path
from typing import cast

import pytest

from tests import real
from tests.nix.evaluation import ROOT, error_of, value_of

_REGISTRY = """
{
  databases = {
    redis = 6379;
    valkey = { port = 6380; address = "127.0.0.2"; };
    six = { port = 6381; address = "::1"; };
  };
  development = {
    api = { port = 3000; scheme = "http"; };
    admin = { port = 3002; scheme = "https"; address = "[::1]"; };
    frontend = 3001;
  };
  dns = { port = 5353; protocol = "udp"; };
  media = { from = 7400; to = 7409; };
  one = { port = 4000; address = "127.0.0.1"; };
  other = { port = 4000; address = "127.0.0.2"; };
}
"""


def _loaded(expression: str) -> str:
    return f"with (import {ROOT}/nix).load {_REGISTRY}; {expression}"


def _process(entry: str, said: str) -> dict[str, object]:
    return cast(dict[str, object], value_of(_loaded(f"process {entry} {said}")))


def _refused(processes: str) -> list[str]:
    message = error_of(_loaded(f"processes (process: {processes})"))
    first, *lines = message.split("\n")
    assert first == "the processes cannot run side by side:"
    return [line.removeprefix("  ") for line in lines]


def test_command_environment_and_probe_are_filled_in() -> None:
    said = '{ command = port: "redis-server --port ${toString port}"; is_daemon = true; }'
    assert _process('"databases.redis"', said) == {
        "command": "redis-server --port 6379",
        "environment": ["PORT=6379"],
        "is_daemon": True,
        "readiness_probe": {"exec": {"command": "nc -z 127.0.0.1 6379"}},
    }


@pytest.mark.parametrize(
    ("entry", "probe"),
    [
        ("databases.redis", {"exec": {"command": "nc -z 127.0.0.1 6379"}}),
        ("databases.valkey", {"exec": {"command": "nc -z 127.0.0.2 6380"}}),
        ("databases.six", {"exec": {"command": "nc -z ::1 6381"}}),
        (
            "development.api",
            {"http_get": {"host": "127.0.0.1", "scheme": "http", "port": 3000, "path": "/"}},
        ),
        (
            "development.admin",
            {"http_get": {"host": "[::1]", "scheme": "https", "port": 3002, "path": "/"}},
        ),
        ("dns", None),
        ("media", {"exec": {"command": "nc -z 127.0.0.1 7400"}}),
    ],
)
def test_the_probe_is_fit_for_the_entry(entry: str, probe: object) -> None:
    assert _process(f'"{entry}"', "{ }").get("readiness_probe") == probe


@pytest.mark.parametrize(
    ("said", "probe"),
    [
        (
            '{ http_get.path = "/health"; period_seconds = 2; }',
            {
                "http_get": {
                    "host": "127.0.0.1",
                    "scheme": "http",
                    "port": 3000,
                    "path": "/health",
                },
                "period_seconds": 2,
            },
        ),
        ('{ exec.command = "true"; }', {"exec": {"command": "true"}}),
        ("null", None),
    ],
)
def test_what_the_process_says_of_its_probe_counts(said: str, probe: object) -> None:
    process = _process('"development.api"', f"{{ readiness_probe = {said}; }}")
    assert process.get("readiness_probe") == probe


@pytest.mark.parametrize(
    ("said", "environment"),
    [
        ('{ A = "b"; B = 1; }', ["PORT=3000", "A=b", "B=1"]),
        ('[ "A=b" ]', ["PORT=3000", "A=b"]),
        ('{ PORT = "80"; }', ["PORT=80"]),
        ('port: { ADDR = ":${toString port}"; }', ["PORT=3000", "ADDR=:3000"]),
    ],
)
def test_what_the_process_says_of_its_environment_counts(said: str, environment: object) -> None:
    process = _process('"development.api"', f"{{ environment = {said}; }}")
    assert process["environment"] == environment


def test_a_process_may_have_several_entries() -> None:
    process = _process(
        '[ "development.api" "media" ]',
        '{ command = api: media: "serve ${toString api} ${toString media.to}"; }',
    )
    assert process["command"] == "serve 3000 7409"
    assert process["environment"] == ["PORT=3000"]


def test_an_entry_that_is_not_there_is_refused() -> None:
    message = error_of(_loaded('process "database.redis" { }'))
    assert "database.redis" in message
    assert "databases.redis" in message


def test_a_stack_that_is_in_order_is_what_process_compose_takes(tmp_path: Path) -> None:
    stack = value_of(
        _loaded(
            """{
              version = "0.5";
              processes = processes (process: {
                redis = process "databases.redis" {
                  command = port: "redis-server --port ${toString port}";
                };
                api = process "development.api" {
                  command = "bun run dev";
                  environment.A = "b";
                  depends_on.redis.condition = "process_healthy";
                };
                six = process "databases.six" { command = "redis-server"; };
                admin = process "development.admin" { command = "bun run admin"; };
                dns = process "dns" { command = "dnsmasq"; };
                worker.command = "bun run worker";
              });
            }"""
        )
    )
    path = tmp_path / "process-compose.json"
    path.write_text(json.dumps(stack), encoding="utf-8")
    _dry_run(path)


_ONE = "one = process"
_TWO = "two = process"
_ENDED = '"process_completed_successfully"'
_OF_REPLICAS = " in the registry; let the port depend on PC_REPLICA_NUM"
_REMEDY = " in the registry; give one of them an entry of its own"


@pytest.mark.parametrize(
    ("processes", "messages"),
    [
        (
            f'{{ {_ONE} "databases.redis" {{ }}; {_TWO} "databases.redis" {{ }}; }}',
            [
                f"one and two both listen on 6379, databases.redis{_REMEDY}",
            ],
        ),
        (
            f'{{ {_ONE} "databases.redis" {{ replicas = 3; }}; }}',
            [
                f"all 3 replicas of one listen on 6379, databases.redis{_OF_REPLICAS}",
            ],
        ),
        (
            f'{{ {_ONE} [ "media" "dns" ] {{ }}; {_TWO} [ "dns" "media" ] {{ }}; }}',
            [
                f"one and two both listen on 7400-7409, media{_REMEDY}",
                f"one and two both listen on 5353, dns{_REMEDY}",
            ],
        ),
    ],
    ids=["one entry", "replicas", "two entries"],
)
def test_processes_on_one_endpoint_are_refused(processes: str, messages: list[str]) -> None:
    assert _refused(processes) == messages


@pytest.mark.parametrize(
    "processes",
    [
        f'{{ {_ONE} "one" {{ }}; {_TWO} "other" {{ }}; }}',
        f'{{ {_ONE} "one" {{ }}; {_TWO} "one" {{ disabled = true; }}; }}',
        f'{{ {_ONE} "one" {{ }}; {_TWO} "one" {{ depends_on.one.condition = {_ENDED}; }}; }}',
        f'{{ {_ONE} "one" {{ replicas = 1; }}; }}',
        '{ one.command = "true"; two.command = "true"; }',
    ],
    ids=["another address", "disabled", "one after the other", "one replica", "no entries"],
)
def test_processes_apart_are_accepted(processes: str) -> None:
    stack = cast(
        dict[str, dict[str, object]], value_of(_loaded(f"processes (process: {processes})"))
    )
    known = {"command", "environment", "readiness_probe", "disabled", "depends_on", "replicas"}
    assert {key for process in stack.values() for key in process} <= known


def test_two_names_of_one_number_are_one_endpoint(tmp_path: Path) -> None:
    path = tmp_path / "ports.nix"
    path.write_text("rec { api = 3000; web = api; }", encoding="utf-8")
    message = error_of(
        f"((import {ROOT}/nix).load {path}).processes"
        ' (process: { a = process "api" { }; b = process "web" { }; })'
    )
    assert "a and b both listen on 3000, api and web in the registry" in message


def _flake(expression: str) -> str:
    """Return `expression` of the example's outputs, made with the real flake modules."""
    parts, process_compose = real.flake_modules()
    return f"""
      let
        outputs = import {ROOT}/tests/nix/flake/example.nix {{
          lib = import {real.nixpkgs_lib()};
          root = {ROOT};
          flakeParts = {parts};
          processComposeFlake = {process_compose};
        }};
      in
      {expression}
    """


def _settings() -> str:
    """Return the text that process-compose-flake writes for the example's stack."""
    stack = "outputs.allSystems.x86_64-linux.process-compose.dev"
    return cast(str, value_of(_flake(f"{stack}.outputs.settingsFile.text")))


@pytest.mark.flake_modules
def test_process_compose_takes_what_process_compose_flake_writes(tmp_path: Path) -> None:
    stack = json.loads(_settings())
    assert set(stack["processes"]) == {"api", "postgres", "redis", "web"}
    assert stack["processes"]["redis"]["environment"] == ["PORT=6379"]
    stack["shell"]["shell_command"] = "bash"  # The one of the store is a stand-in.
    path = tmp_path / "process-compose.json"
    path.write_text(json.dumps(stack), encoding="utf-8")
    _dry_run(path)


@pytest.mark.flake_modules
def test_the_flake_module_adds_its_outputs() -> None:
    flake = "outputs.flake"
    names = (
        f"{{ checks = builtins.attrNames {flake}.checks.x86_64-linux;"
        f" packages = builtins.attrNames {flake}.packages.x86_64-linux;"
        f" shells = builtins.attrNames {flake}.devShells.x86_64-linux; }}"
    )
    assert value_of(_flake(names)) == {
        "checks": ["port-registry"],
        "packages": ["dev", "port-registry"],
        "shells": ["port-registry"],
    }
    script = cast(str, value_of(_flake(f"{flake}.checks.x86_64-linux.port-registry.script")))
    assert script.startswith(f"cd {ROOT}/examples/nixos\nport-registry check")


@pytest.mark.flake_modules
def test_the_examples_probes_need_nothing_on_the_path() -> None:
    command = json.loads(_settings())["processes"]["redis"]["readiness_probe"]["exec"]["command"]
    assert re.fullmatch(r"/nix/store/\w+-netcat/bin/nc -z 127\.0\.0\.1 6379", command)


def _dry_run(path: Path) -> None:
    done = subprocess.run(
        [real.process_compose(), "--dry-run", "-f", path],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
