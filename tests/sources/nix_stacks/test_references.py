"""Ways from a command in Nix to an entry of the registry."""

import pytest

from tests.sources.nix_stacks.reading import processes, read, stack

COMMAND = '"redis-server --port ${toString ports.databases.redis}"'


@pytest.mark.parametrize(
    "body",
    [
        "let ports = import ./lib/ports.nix; in { %s }",
        "{ ports, ... }: { %s }",
        "{ config, ... }: let inherit (config.my) ports; in { %s }",
        "{ self, ... }: let ports = self.lib.ports; in { %s }",
        "{ self, ... }: with self.lib; { %s }",
        "args: let ports = args.ports; in { %s }",
        "{ ports ? import ./lib/ports.nix }: { %s }",
    ],
)
def test_an_entry_is_reached(body: str) -> None:
    whole = f"process-compose.dev.settings.processes.redis.command = {COMMAND};"
    found = read(body % whole)
    assert found.shown("redis") == ["listens databases.redis"]
    assert found.written("redis") == ["${toString ports.databases.redis}"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("toString ports.databases.redis", "databases.redis"),
        ('"${toString ports.databases.redis}"', "databases.redis"),
        ("builtins.toString (with ports.databases; redis)", "databases.redis"),
        ("toString (ports.databases.redis + 1)", "6380"),
        ("toString ports.databases.${config.name}", None),
        ("toString (ports.databases.redis or 1)", "databases.redis"),
        ("toString (ports.cache.redis or 7000)", "7000"),
        ("toString (lib.head (lib.attrValues ports.databases))", "databases.postgresql"),
        ('lib.concatStringsSep "" [ "63" "80" ]', "6380"),
        ("lib.mkDefault (toString ports.databases.redis)", "databases.redis"),
        ('if pkgs.stdenv.isDarwin then "1" else "2"', None),
    ],
)
def test_values(value: str, shown: str | None) -> None:
    found = processes(f'{{ api = {{ command = "./api"; environment.PORT = {value}; }}; }}')
    assert found.shown("api") == ([] if shown is None else [f"listens {shown}"])
    assert found.process("api").varying == (shown is None)


def test_one_reference_in_many_places() -> None:
    found = processes(
        """let port = ports.development.api; in {
          api = {
            command = "api serve --port $PORT";
            environment = [ "PORT=${toString port}" "API_URL=http://localhost:${toString port}/" ];
            readiness_probe.http_get = { host = "localhost"; inherit port; };
          };
        }"""
    )
    assert found.shown("api") == [
        "listens development.api",
        "listens development.api",
        "repeats development.api",
        "probes development.api",
    ]
    assert found.written("api")[-1] == "port"


def test_a_literal_can_be_pointed_at_where_it_stands() -> None:
    found = processes('let port = 8213; in { web.command = "web --port ${toString port} start"; }')
    (use,) = found.process("web").uses
    assert use.digits == use.span
    assert found.written("web") == ["8213"]


@pytest.mark.parametrize(
    ("command", "program", "uses"),
    [
        ('"${pkgs.redis}/bin/redis-server --port 1"', "redis-server", ["listens 1"]),
        ('pkgs.redis + "/bin/redis-server --port 1"', "redis-server", ["listens 1"]),
        ('"exec ${lib.getExe pkgs.caddy} --port 81"', "caddy", ["repeats 81"]),
        ('"${lib.getExe\' pkgs.x "uvicorn"} main:app --port 81"', "uvicorn", ["listens 81"]),
        ("pkgs.caddy", "caddy", []),
        ('"${config.thing} --port 81"', "", ["repeats 81"]),
        (
            '"api --dir ${pkgs.a} --port ${toString config.b} -p 8100 serve"',
            "api",
            ["listens 8100"],
        ),
        ('"api serve --port ${lib.escapeShellArg "81"}"', "api", ["listens 81"]),
        (
            'pkgs.writeShellApplication { name = "x"; text = "redis-server --port 1"; }',
            "redis-server",
            ["listens 1"],
        ),
        ('pkgs.writeShellScriptBin "x" "redis-server --port 1"', "redis-server", ["listens 1"]),
        ('lib.getExe (pkgs.writeShellScriptBin "x" "nc -l 1")', "nc", ["listens 1"]),
        ('"${pkgs.writeShellScriptBin "x" "nc -l 1"}/bin/x --port 81"', "x", ["repeats 81"]),
        ("./run.sh", "run.sh", []),
    ],
)
def test_commands(command: str, program: str, uses: list[str]) -> None:
    found = processes(f"{{ main.command = {command}; }}")
    assert found.process("main").program == program
    assert found.shown("main") == uses


def test_the_wrong_name_is_no_entry() -> None:
    found = stack(
        "{ ports, ... }: { settings.processes.a.command = "
        '"redis-server --port ${toString ports.databases.rediss}"; }'
    )
    assert found.shown("a") == []
    assert found.process("a").varying
    (unknown,) = found.stacks[0].unknown
    assert unknown.reason == "`ports.databases.rediss` comes from outside the project"
