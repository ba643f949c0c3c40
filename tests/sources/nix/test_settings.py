"""What a host's options come to: priorities, conditions, defaults, values from elsewhere."""

import pytest

from tests.bounded import within
from tests.sources.nix.fleets import REGISTRY, alone, fleet, listening

_WEB = """
  options.my.web = {
    enable = lib.mkEnableOption "web";
    port = lib.mkOption { type = lib.types.port; default = 8081; };
  };
  config = lib.mkIf config.my.web.enable {
    services.gitea = { enable = true; settings.server.HTTP_PORT = config.my.web.port; };
  };
"""


def _module(body: str) -> str:
    return f"{{ config, lib, pkgs, ... }}: {{ {body} }}"


def _web(body: str) -> list[str]:
    files = alone(f"imports = [ ./web.nix ]; {body}")
    return listening({**files, "web.nix": _module(_WEB)})


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", []),
        ("my.web.enable = false;", []),
        ("my.web.enable = true;", ["gitea 8081/tcp 0.0.0.0 written"]),
        ("my.web = { enable = true; port = 9; };", ["gitea 9/tcp 0.0.0.0 written"]),
        ("my.web.enable = lib.mkDefault true;", ["gitea 8081/tcp 0.0.0.0 written"]),
        ("my.web.enable = lib.mkMerge [ true (lib.mkForce false) ];", []),
        ("my.web.enable = secrets.isThis;", ["? gitea 8081/tcp 0.0.0.0 written"]),
        ("my.web.enable = config.other.enable;", []),
        ("my.web.enable = true; services.gitea.enable = lib.mkForce false;", []),
        (
            "my.web.enable = true; services.gitea.settings.server.HTTP_PORT = lib.mkForce 7;",
            ["gitea 7/tcp 0.0.0.0 written"],
        ),
        (
            "my.web.enable = true; services.gitea.settings = secrets.web;",
            [],
        ),
    ],
)
def test_a_module_waits_for_its_option(body: str, found: list[str]) -> None:
    assert _web(body) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("services.gitea.enable = lib.mkIf pkgs.stdenv.isLinux true;", ["3000"]),
        ("services.gitea.enable = lib.mkIf pkgs.stdenv.isDarwin true;", []),
        ("services.gitea = lib.mkIf (!config.services.nginx.enable) { enable = true; };", ["3000"]),
        ("services.gitea = lib.mkIf config.services.nginx.enable { enable = true; };", []),
        ("services.gitea.enable = config.services.gitea.enable;", ["3000"]),
    ],
)
def test_conditions_are_looked_up(body: str, found: list[str]) -> None:
    assert [line.split()[-3].split("/")[0] for line in listening(alone(body))] == found


def _registered(body: str, **others: str) -> list[str]:
    files = alone(f"imports = [ ./web.nix ]; {body}")
    web = f"let ports = import ./lib/ports.nix; in {_module('my.port = ports.web.gitea;')}"
    text = "{ web = { gitea = 3001; range = { from = 1; to = 9; }; }; }"
    return listening({**files, "web.nix": web, REGISTRY: text, **others})


def test_a_number_may_come_from_an_entry_by_an_option() -> None:
    body = "services.gitea = { enable = true; settings.server.HTTP_PORT = config.my.port; };"
    assert _registered(body) == ["gitea 3001/tcp 0.0.0.0 web.gitea"]


def test_a_text_takes_numbers_from_elsewhere() -> None:
    body = "services.ntfy-sh = { enable = true;"
    body += ' settings.listen-http = ":${toString config.my.port}"; };'
    assert _registered(body) == ["ntfy-sh 3001/tcp * web.gitea"]


def test_the_registry_of_a_host_goes_over_the_fleets() -> None:
    module = "{ ports, ... }: { services.gitea = { enable = true;"
    module += " settings.server.HTTP_PORT = ports.web; }; }"
    system = "nixpkgs.lib.nixosSystem { specialArgs.ports = import ./lib/ports.nix; modules ="
    files = {
        REGISTRY: "{ web = 1000; }",
        "hosts/b/ports.nix": "{ web = 2000; }",
        "module.nix": module,
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations = {"
        f" a = {system} [ ./module.nix ]; }}; b = {system} [ ./module.nix ]; }}; }}; }}; }}",
    }
    found = {host.name: host.listeners for host in fleet(files).hosts}
    assert {name: str(one.endpoint.ports) for name, (one,) in found.items()} == {
        "a": "1000",
        "b": "2000",
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "chained",
    [
        "".join(
            f'options.a{n}.enable = lib.mkEnableOption "x"; config.a{n} = lib.mkIf'
            f" config.a{n + 1}.enable {{ enable = true; }};\n"
            for n in range(2000)
        ),
        "".join(f'a{n} = "${{config.a{n + 1}}}${{config.a{n + 1}}}";\n' for n in range(2000)),
    ],
)
def test_long_ways_end(chained: str) -> None:
    body = "services.gitea = lib.mkIf config.a0.enable { enable = true; };"
    body += " services.ntfy-sh = { enable = true; settings.listen-http = config.a0; };"
    with within(10):
        listening({**alone(f"imports = [ ./chain.nix ]; {body}"), "chain.nix": _module(chained)})


def test_values_that_need_themselves_are_not_known() -> None:
    body = "services.gitea = { enable = true; settings.server.HTTP_PORT = config.a; };"
    assert listening(alone(f"{body} a = config.b; b = config.a;")) == []
