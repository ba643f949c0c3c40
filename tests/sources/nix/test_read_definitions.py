"""What a module gives its attributes, and which options it declares."""

import pytest

from tests.sources.nix.reading import cut, definitions, dotted, guard, read, value

GIVEN = [
    ("{ services.nginx.enable = true; services.nginx.port = 80; }",
     ["services.nginx.enable = True", "services.nginx.port = 80"]),
    ("{ config = { services.x = { port = 1; }; }; options = { }; }", ["services.x.port = 1"]),
    ("{ x, ... }: { services.\"a.b\".port = 1; services.${x}.port = 2; }",
     ["services.a.b.port = 1", "services.?.port = 2"]),
    (("{ lib, ... }: { services.x.port = lib.mkDefault 1; services.y.port = lib.mkForce 2;"
      " services.z.port = lib.mkOverride 1200 3; services.w.port = lib.mkOverride 20 4; }"),
     ["services.x.port = 1 DEFAULT", "services.y.port = 2 FORCE",
      "services.z.port = 3 OPTION_DEFAULT", "services.w.port = 4 FORCE"]),
    (("{ lib, config, ... }: let cfg = config.services.x; in"
      " { config = lib.mkIf cfg.enable { services.y.port = 1; }; }"),
     ["services.y.port = 1 if argument:config.services.x.enable"]),
    ("{ lib, a, b, ... }: { services.y.port = lib.mkIf (a.x && !b.y) 1; }",
     ["services.y.port = 1 if argument:a.x and !argument:b.y"]),
    ("{ lib, a, b, ... }: { services.y = lib.mkIf (a.x || b.y) { port = 1; }; }",
     ["services.y.port = 1 if ?"]),
    ("{ a, ... }: { services.y.port = if a.x then 1 else 2; }",
     ["services.y.port = 1 if argument:a.x", "services.y.port = 2 if !argument:a.x"]),
    (("{ lib, a, ... }: lib.mkMerge"
      " [ { services.x.port = 1; } (lib.mkIf a { services.x.port = 2; }) ]"),
     ["services.x.port = 1", "services.x.port = 2 if argument:a"]),
    ("{ lib, a, ... }: { services.x = { port = 1; } // lib.optionalAttrs a { port = 2; }; }",
     ["services.x.port = 1", "services.x.port = 2 if argument:a"]),
    (("{ lib, a, ports, ... }: { networking.firewall.allowedTCPPorts ="
      " [ 80 ports.web ] ++ lib.optional a 443 ++ lib.optionals a.b [ 1 2 ] ++ a.ports; }"),
     ["networking.firewall.allowedTCPPorts = [80 argument:ports.web]",
      "networking.firewall.allowedTCPPorts = [443] if argument:a",
      "networking.firewall.allowedTCPPorts = [1 2] if argument:a.b",
      "networking.firewall.allowedTCPPorts = argument:a.ports"]),
    ("{ networking.firewall.allowedTCPPortRanges = [ { from = 1; to = 2; } ]; }",
     ["networking.firewall.allowedTCPPortRanges = []+",
      "networking.firewall.allowedTCPPortRanges.from = 1",
      "networking.firewall.allowedTCPPortRanges.to = 2"]),
    ("{ ports, ... }: { services.x.listen = \"[::]:${toString ports.web}\"; }",
     ['services.x.listen = "[::]:<argument:ports.web>"']),
    ("let p = 80; h = \"::1\"; in { services.x = { port = p; listen = \"${h}:${toString p}\"; }; }",
     ["services.x.port = 80", 'services.x.listen = "::1:80"']),
    ("{ f, ... }: { services.x.port = f 80; }", ["services.x.port = opaque"]),
    ("let x = { port = 1; enable = true; }; in { services = { inherit x; }; }",
     ["services.x.port = 1", "services.x.enable = True"]),
    ("let mk = port: { enable = true; inherit port; }; in { services.x = mk 80; }",
     ["services.x.enable = True", "services.x.port = 80"]),
    ("{ lib, ... }: { services = lib.mapAttrs (name: port: { inherit port; }) { x = 1; y = 2; }; }",
     ["services.x.port = 1", "services.y.port = 2"]),
    ("{ lib, ... }: { services = lib.genAttrs [ \"x\" \"y\" ] (name: { port = 1; }); }",
     ["services.x.port = 1", "services.y.port = 1"]),
    ("{ lib, all, ... }: { services = lib.mapAttrs (name: port: { port = 1; }) all; }",
     ["services = opaque", "services.?.port = 1"]),
    ("{ a, ... }: { services = map (port: { inherit port; }) [ 1 2 ]; }",
     ["services = opaque", "services.port = 1", "services.port = 2"]),
    (("{ lib, pkgs, ... }: with lib; { services.x.package = pkgs.y; services.x.port = 1;"
      " environment.systemPackages = with pkgs; [ curl ]; services.x.description = \"x\"; }"),
     ["services.x.port = 1"]),
    ("import ./ports.nix", [" = file:hosts/ports.nix"]),
    ("{ lib }: { ports = import ./ports.nix; inherit (import ./a.nix) b; }",
     ["ports = file:hosts/ports.nix", "b = file:hosts/a.nix.b"]),
    (("{ self, ports, ... }: { flake.nixosConfigurations.web = self.lib.system"
      " { specialArgs = { inherit ports; }; modules = [ { services.x.port = 1; } ]; }; }"),
     ["flake.nixosConfigurations.web = opaque",
      "flake.nixosConfigurations.web.specialArgs.ports = argument:ports",
      "flake.nixosConfigurations.web.modules = []+",
      "flake.nixosConfigurations.web.modules.services.x.port = 1"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GIVEN)
def test_definitions(text: str, expected: list[str]) -> None:
    assert sorted(definitions(text)) == sorted(expected)


def test_the_span_of_a_definition_is_its_path_as_written() -> None:
    text = "{ services.x = { y.port = 1; }; services.x.z.port = 2; }"
    spans = [cut(text, one.span) for one in read(text).definitions]
    assert spans == ["y.port", "services.x.z.port"]


OPTIONS = [
    ("port = lib.mkOption { type = lib.types.port; default = 80; };", "my.port = 80 port"),
    ("port = lib.mkOption { type = with lib.types; nullOr port; };", "my.port = none port"),
    ("on = lib.mkEnableOption \"it\";", "my.on = False"),
    ("on = lib.mkEnableOption \"it\" // { default = true; };", "my.on = True"),
    ("ports = lib.mkOption { default = import ./p.nix; };", "my.ports = file:hosts/p.nix"),
    (("all = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule { options.port ="
      " lib.mkOption { type = lib.types.port; default = 1; }; }); };"), "my.all.?.port = 1 port"),
    ("name = lib.mkOption { type = lib.types.str; description = \"x\"; };", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), OPTIONS)
def test_options(text: str, expected: str | None) -> None:
    module = read(f"{{ lib, ... }}: {{ options.my = {{ {text} }}; services.x.port = 1; }}")
    shown = [
        f"{dotted(one.setting)} = {value(one.default)}{' port' if one.is_port else ''}"
        for one in module.options
    ]
    assert shown == ([] if expected is None else [expected])


def test_conditions_of_this_file_are_looked_into() -> None:
    text = "{ lib, a, ... }: let on = a.x && !a.y; in { services.x = lib.mkIf on { port = 1; }; }"
    (found,) = read(text).definitions
    assert [guard(one) for one in found.guards] == ["argument:a.x", "!argument:a.y"]
