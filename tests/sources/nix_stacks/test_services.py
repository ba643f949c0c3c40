"""Services that are enabled by an option: services-flake's, and devenv's."""

import pytest

from port_registry.model import Place
from tests.sources.nix_stacks.reading import Read, read, stack


def services(body: str) -> Read:
    return stack(
        "{ config, pkgs, inputs, ... }: let ports = import ./lib/ports.nix; in {"
        "imports = [ inputs.services-flake.processComposeModules.default ];"
        f"services = {{ {body} }}; }}"
    )


@pytest.mark.parametrize(
    ("body", "uses"),
    [
        ('redis."r1".enable = true;', ["listens 6379"]),
        ("redis.r1 = { enable = true; port = 6380; };", ["listens 6380"]),
        (
            "redis.r1 = { enable = true; port = ports.databases.redis; };",
            ["listens databases.redis"],
        ),
        ("redis.r1 = { enable = true; port = 0; };", []),
        ('postgres.r1 = { enable = true; listen_addresses = ""; };', []),
        (
            'minio.r1 = { enable = true; consoleAddress = "127.0.0.1:9005"; };',
            ["listens 9000", "listens 9005"],
        ),
        ("redis.r1 = { enable = true; port = config.x; };", []),
        ("anvil.r1 = { enable = true; port = 3021; gateway = 3022; };", ["listens 3021"]),
        ("seaweedfs.r1.enable = true;", ["listens 8080", "listens 9333"]),
        (
            "seaweedfs.r1 = { enable = true; s3.enable = true; };",
            ["listens 8080", "listens 9333", "listens 8333"],
        ),
    ],
)
def test_ports_of_a_service(body: str, uses: list[str]) -> None:
    assert services(body).shown("r1") == uses


def test_an_implied_port_stands_where_the_service_is_enabled() -> None:
    found = services("redis.cache = { enable = true; };")
    (use,) = found.process("cache").uses
    assert found.written("cache") == ["enable"]
    assert (use.digits, use.place, use.host, use.program) == (
        None,
        Place.OPTION,
        "127.0.0.1",
        "redis",
    )


def test_what_does_not_surely_run() -> None:
    found = services(
        "redis.a.enable = false; redis.b = { }; redis.c.enable = config.x;redis.d.enable = true;"
    )
    assert {one.name: one.disabled for one in found.stacks[0].services} == {"c": True, "d": False}


def test_a_service_can_be_waited_for() -> None:
    found = stack(
        """{
          services.redis.r1.enable = true;
          settings.processes.r1.depends_on.init.condition = "process_completed";
          settings.processes.r1.environment.METRICS_PORT = "9121";
          settings.processes.init.command = "init";
        }"""
    )
    process = found.process("r1")
    assert process.readiness is not None
    assert [one.service for one in process.dependencies] == ["init"]
    assert found.shown("r1") == ["listens 6379", "listens 9121"]


@pytest.mark.parametrize(
    ("port", "value"),
    [("", "11434"), ("port = 9999;", "9999"), ("port = config.services.a.b.c;", "")],
)
def test_modules_see_what_others_set(port: str, value: str) -> None:
    found = stack(
        f"""pc: {{
          services.ollama.llm = {{ enable = true; {port} }};
          settings.processes.ui = let
            inherit (pc.config.services.ollama.llm) host port;
          in {{ command = "ui"; environment.OLLAMA_URL = "http://${{host}}:${{toString port}}/"; }};
        }}"""
    )
    assert found.shown("ui") == ([f"connects {value}"] if value else [])


def test_another_files_option() -> None:
    found = read(
        {
            "flake.nix": "{ process-compose.dev.services.redis.r.enable = true;"
            "process-compose.dev.services.redis.r.port = 6399; }",
            "shell.nix": "{ config, ... }: { process-compose.web.settings.processes.a.command ="
            '"redis-cli -p ${toString config.process-compose.dev.services.redis.r.port}"; }',
        }
    )
    assert found.shown("a") == ["connects 6399"]


DEVENV = """
{ pkgs, config, ... }:
let ports = import ./lib/ports.nix; in
{
  env.REDIS_PORT = toString ports.databases.redis;
  processes.api = {
    exec = "${pkgs.bun}/bin/bun run serve --port ${toString ports.development.api}";
    process-compose = {
      readiness_probe.http_get = { host = "localhost"; port = ports.development.api; };
      depends_on.redis.condition = "process_healthy";
    };
  };
  processes.web = {
    exec = "web serve --port 3001";
    env.METRICS_PORT = "9100";
    ready.http.get = { host = "localhost"; port = 3001; };
  };
  processes.db = { exec = "postgres -p 5432"; ready.exec = "pg_isready -p 5432"; };
  services.redis.enable = true;
  services.mailpit.enable = false;
}
"""


def test_devenv() -> None:
    found = read({"devenv.nix": DEVENV})
    assert found.shown("api") == ["listens development.api", "probes development.api"]
    assert found.shown("web") == ["listens 3001", "listens 9100", "probes 3001"]
    assert found.shown("db") == ["listens 5432", "probes 5432"]
    assert found.shown("redis") == ["repeats 6379"], "devenv may take the next free one"
    assert [one.service for one in found.process("api").dependencies] == ["redis"]
    (only,) = found.stacks
    assert [process.name for process in only.services] == ["api", "web", "db", "redis"]
    assert only.manager is None
    assert [use.entry for use in only.shared] == [("databases", "redis")]


def test_devenv_in_a_flake() -> None:
    found = read(
        """{ devenv, ... }: { devShells.x = devenv.lib.mkShell { modules = [ ({ lib, ... }: {
          processes = let port = 81; in { a = lib.mkIf true { exec = "nc -l ${toString port}"; }; };
        }) ]; }; }"""
    )
    assert found.shown("a") == ["listens 81"]


def test_a_devenv_module_is_read_with_who_imports_it() -> None:
    found = read(
        {
            "devenv.nix": '{ imports = [ ./nix/a.nix ]; processes.b.exec = "nc -l 2"; }',
            "nix/a.nix": '{ processes.a.exec = "nc -l 1"; } # devenv',
        }
    )
    assert [[one.name for one in stack.services] for stack in found.stacks] == [["a", "b"]]
