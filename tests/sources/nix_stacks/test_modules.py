"""Where stacks are defined, and how the modules that make one are merged."""

import pytest

from port_registry.model import ManagerServer
from tests.sources.nix_stacks.reading import FLAKE, Read, processes, read, stack

API = 'settings.processes.api.command = "api serve --port 3000";'


def names(found: Read) -> list[list[str]]:
    return [[process.name for process in stack.services] for stack in found.stacks]


@pytest.mark.parametrize(
    "text",
    [
        "{ process-compose.dev = { %s }; }",
        '{ process-compose."dev".settings.processes.api.command = "api serve --port 3000"; }',
        (
            "{ outputs = inputs: inputs.parts.lib.mkFlake { } { perSystem = { pkgs, ... }: "
            "{ config.process-compose.dev = { %s }; }; }; }"
        ),
        (
            "{ outputs = { utils, ... }: utils.lib.eachDefaultSystem (system: "
            "{ process-compose.${system} = { %s }; }); }"
        ),
        "{ process-compose = unknown // { dev = { %s }; }; }",
        "{ process-compose.dev = { config, ... }: { %s }; }",
        "{ process-compose = lib.mkIf true { dev = lib.mkMerge [ { %s } ]; }; }",
        (
            "{ pkgs, process-compose-flake, ... }: { x = (import process-compose-flake.lib "
            "{ inherit pkgs; }).makeProcessCompose { modules = [ { %s } ]; }; }"
        ),
        (
            "{ pc, ... }: { x = (pc.evalModules { modules = [ ({ ... }: { %s }) ]; })"
            ".config; } # process-compose"
        ),
        '{ process-compose.configs.dev.processes.api.command = "api serve --port 3000"; }',
        (
            "rec { process-compose = { dev = { settings = settings; }; }; "
            'settings.processes.api.command = "api serve --port 3000"; }'
        ),
    ],
)
def test_places(text: str) -> None:
    text = text.replace("unknown", "(import <x>)").replace(" lib.mk", " (import <nixpkgs/lib>).mk")
    found = read({FLAKE: text.replace("%s", API)})
    assert names(found) == [["api"]]
    assert found.shown("api") == ["listens 3000"]


@pytest.mark.parametrize(
    "text",
    [
        "{ process-compose = prev.process-compose.overrideAttrs (old: { }); }",
        "{ programs.process-compose = { enable = true; settings = { theme = 1; }; }; }",
        "{ lib }: lib.evalModules { modules = [ { %s } ]; } # process-compose",
        "{ process-compose.dev = { }; }",
        "{ process-compose.dev = 1; process-compose.a = ./missing.nix; }",
    ],
)
def test_no_stacks(text: str) -> None:
    assert names(read({FLAKE: text.replace("%s", API)})) == []


def test_modules_of_one_name_are_one_stack() -> None:
    found = read(
        {
            "flake.nix": "{ imports = [ ./nix/a.nix ./nix/b.nix ]; }",
            "nix/a.nix": '{ perSystem.process-compose.dev.settings.processes.a.command = "a"; }',
            "nix/b.nix": '{ perSystem = { process-compose.dev.settings.processes.b.command = "b";'
            'process-compose.test.settings.processes.c.command = "c"; }; }',
            "other/flake.nix": '{ process-compose.dev.settings.processes.d.command = "d"; }',
        }
    )
    assert sorted(names(found)) == [["a", "b"], ["c"], ["d"]]
    assert found.stacks[0].files == ("nix/a.nix", "nix/b.nix")


def test_imports() -> None:
    found = read(
        {
            FLAKE: "{ process-compose.dev.imports = [ ./a.nix (import ./b.nix { port = 81; }) ]; }",
            "a.nix": "{ lib, ... }: { imports = [ ./a.nix ];"
            ' settings.processes.a.command = "nc -l 80"; }',
            "b.nix": '{ port }: { settings.processes.b.command = "nc -l ${toString port}"; }',
        }
    )
    assert (found.shown("a"), found.shown("b")) == (["listens 80"], ["listens 81"])
    assert found.stacks[0].files == (FLAKE, "a.nix")


def test_priorities_and_conditions() -> None:
    found = stack(
        """{ pkgs, lib, ... }: {
          imports = [
            { settings.processes.a.environment.PORT = lib.mkDefault "1"; }
            { settings.processes.a = lib.mkIf false { command = "never"; }; }
          ];
          settings.processes.a = { command = "a"; environment.PORT = lib.mkForce "2"; };
          settings.processes.b = lib.mkIf pkgs.stdenv.isLinux { command = "nc -l 3"; };
          defaults.processSettings.environment.ADMIN_PORT = "9";
        }"""
    )
    assert found.shown("a") == ["listens 2", "listens 9"]
    assert found.process("b").disabled, "it may not run at all"
    assert not found.process("a").disabled


def test_what_may_be_added() -> None:
    found = processes(
        '{ a.command = "nc -l 1"; } // lib.optionalAttrs pkgs.stdenv.isLinux '
        '{ b.command = "nc -l 2"; } // { "c-${system}".command = "nc -l 3"; }'
    )
    disabled = {one.name: one.disabled for one in found.stacks[0].services}
    assert disabled == {"a": False, "b": True, "c-…": False}


def test_the_test_process_does_not_run() -> None:
    found = processes('{ test.command = "curl localhost:1"; a.command = "nc -l 1"; }')
    assert found.process("test").disabled
    assert not found.process("a").disabled


@pytest.mark.parametrize(
    ("options", "server"),
    [
        ("", 8080),
        ("cli.options.port = 8081;", 8081),
        ("cli.environment.PC_PORT_NUM = 8082;", 8082),
        ("port = 8083;", 8083),
        ("cli.options.no-server = true;", None),
        ('cli.options.unix-socket = "pc.sock";', None),
        ("cli.environment.PC_NO_SERVER = true;", None),
        ("httpServer.enable = false;", None),
        ("imports = [ inputs.services-flake.processComposeModules.default ];", None),
        (
            (
                "imports = [ inputs.services-flake.processComposeModules.default ];"
                "cli.options = { no-server = false; port = 8084; };"
            ),
            8084,
        ),
        ("cli.options.port = config.port;", None),
    ],
)
def test_the_managers_own_server(options: str, server: int | None) -> None:
    found = stack(f"{{ config, inputs, ... }}: {{ {API} {options} }}").server()
    assert (None if found is None else found.port) == server
    if server not in (None, 8080):
        assert found != ManagerServer(server or 0, None), "its place is known"


def test_the_environment_file_beside_the_flake() -> None:
    found = read(
        {
            "sub/flake.nix": "{ imports = [ ./nix/a.nix ]; }",
            "sub/nix/a.nix": "{ process-compose.dev.settings.processes.a.command ="
            ' "redis-server --port $CACHE"; }',
            "sub/.env": "CACHE=6380\n",
            "sub/.pc_env": "PC_PORT_NUM=8085\n",
        }
    )
    assert found.shown("a") == ["listens 6380"]
    server = found.server()
    assert server is not None
    assert server.port == 8085
