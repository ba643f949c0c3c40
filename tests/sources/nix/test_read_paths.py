"""Paths that a file names, and what it hands to the files it imports."""

import pytest

from tests.sources.nix.reading import chain, paths, read

NAMED = [
    ("{ imports = [ ./a.nix ../b ]; }", "x/y/z.nix",
     ["module x/y/a.nix @ imports", "module x/b @ imports"]),
    ("{ lib, c, ... }: { imports = [ ./a.nix ] ++ lib.optional c ./b.nix; }", "z.nix",
     ["module a.nix @ imports", "module b.nix @ imports"]),
    ("{ self, ... }: { imports = [ \"${self}/a.nix\" (self + \"/b.nix\") ]; }", "x/z.nix",
     ["module a.nix @ imports", "module b.nix @ imports"]),
    ("{ inputs, ... }: { imports = [ \"${inputs.self}/a\" \"${inputs.x}/a\" ]; }", "x/z.nix",
     ["module a @ imports"]),
    ("{ imports = map (name: ./. + \"/${name}\") [ \"a.nix\" \"b.nix\" ]; }", "x/z.nix",
     ["module x/a.nix @ imports", "module x/b.nix @ imports"]),
    ("{ name, ... }: { imports = [ (./hosts + \"/${name}/x.nix\") ./hosts/${name} ]; }", "z.nix",
     ["module hosts/*/x.nix @ imports", "module hosts/* @ imports"]),
    ("{ imports = [ (import ../a.nix { }) ]; }", "x/z.nix", ["import a.nix @ imports"]),
    ("{ inputs, ... }: { imports = [ (inputs.import-tree ./modules) ]; }", "z.nix",
     ["tree modules @ imports"]),
    ("{ lib, ... }: { imports = lib.filesystem.listFilesRecursive ./m; }", "z.nix",
     ["tree m @ imports"]),
    ("{ nixosModules.x = ./a.nix; homeModules = { y = ./b.nix; }; }", "z.nix",
     ["module a.nix @ nixosModules.x", "module b.nix @ homeModules.y"]),
    ("{ home-manager.users.bob = ./home.nix; }", "z.nix",
     ["module home.nix @ home-manager.users.bob"]),
    ("{ src = ./.; file = ./x; a.b.c = ./secret.age; patch = ./x.patch; e.port = 1; }", "z.nix",
     []),
    ("{ imports = [ ../../outside.nix /etc/nixos/x.nix <nixpkgs> ]; }", "x/z.nix", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), NAMED)
def test_paths(text: str, path: str, expected: list[str]) -> None:
    assert paths(text, path) == expected


HOSTS = [
    # A function of another file.
    ("lib.mkHost \"web\" ./hosts/web", ["other hosts/web @ nixosConfigurations.web"]),
    ("lib.nixosSystem { modules = [ ./web.nix ]; }",
     ["module web.nix @ nixosConfigurations.web.modules"]),
    # Functions and values of this one.
    ("local \"web\"",
     ["module hosts/web @ nixosConfigurations.web.modules",
      "module common.nix @ nixosConfigurations.web.modules"]),
    ("lib.nixosSystem { modules = shared ++ [ ./web.nix ]; }",
     ["module common.nix @ nixosConfigurations.web.modules",
      "module web.nix @ nixosConfigurations.web.modules"]),
    ("lib.nixosSystem { modules = [ hardware ]; }",
     ["module hw.nix @ nixosConfigurations.web.modules"]),
]  # fmt: skip


@pytest.mark.parametrize(("system", "expected"), HOSTS)
def test_the_setting_of_a_path_is_where_it_is_used(system: str, expected: list[str]) -> None:
    text = f"""
      {{ lib, ... }}:
      let
        shared = [ ./common.nix ];
        hardware = ./hw.nix;
        local = name: lib.nixosSystem {{ modules = [ ./hosts/${{name}} ] ++ shared; }};
      in
      {{ nixosConfigurations.web = {system}; }}
    """
    assert sorted(p for p in paths(text) if "nixosConfigurations" in p) == sorted(expected)


def test_hosts_made_from_a_set_or_a_list() -> None:
    text = """
      { lib, f, ... }: {
        nixosConfigurations = lib.mapAttrs (name: host: lib.nixosSystem {
          modules = [ ./hosts/${name}.nix host.disk ];
        }) { web.disk = ./disk/a.nix; db.disk = ./disk/b.nix; };
        colmena = lib.genAttrs [ "x" ] (name: { imports = [ ./hosts/${name} ]; });
        y = builtins.listToAttrs (map (name: { inherit name; value = f [ ./${name} ]; }) [ "a" ]);
        z = lib.mapAttrs' (name: host: lib.nameValuePair "${name}1" (f host)) { b = ./b; };
      }
    """
    found = paths(text)
    assert "module hosts/web.nix @ nixosConfigurations.web.modules" in found
    assert "module hosts/db.nix @ nixosConfigurations.db.modules" in found
    assert "other disk/a.nix @ nixosConfigurations.web.disk" in found
    assert "module hosts/x @ colmena.x.imports" in found
    assert "other a @ y.a" in found
    assert "other b @ z.b1" in found


def test_a_path_of_a_binding_whose_use_is_unknown_keeps_its_name() -> None:
    text = "let all = [ ./a.nix ]; in { e.port = 1; }"
    assert paths(text) == ["other a.nix @ all in all"]


def test_what_is_handed_to_an_imported_file() -> None:
    text = """
      { ports, lib, config, ... }: let cfg = config.my; in {
        a = import ./a.nix { inherit ports lib; p = cfg.ports.web; n = 1; };
      }
    """
    found = [
        (one.target, one.name, chain(one.chain)) for one in read(text, "z.nix").passed_arguments
    ]
    assert sorted(found) == [
        ("a.nix", "lib", "argument:lib"),
        ("a.nix", "p", "argument:config.my.ports.web"),
        ("a.nix", "ports", "argument:ports"),
    ]


def test_parameters_are_those_of_the_file() -> None:
    assert read("{ lib, ports, ... }: { a.port = 1; }").parameters == ("lib", "ports")
    assert read("x: { a.port = 1; }").parameters == ()
