"""Ways from where a registry enters a file to where it is used."""

import pytest

from tests.sources.nix.reading import chain, cut, read, references

WAYS = [
    # Local names.
    ("let ports = import ../lib/ports.nix; in { a = ports.db.redis; }",
     ["*file:lib/ports.nix @ ports", "file:lib/ports.nix.db.redis @ a"]),
    ("let p = import ../lib/ports.nix { inherit lib; }; lib = 1; in { a = p.web; }",
     ["*file:lib/ports.nix @ p", "file:lib/ports.nix.web @ a"]),
    ("let inherit (import ../lib/ports.nix) web; in { a = web; }",
     ["*file:lib/ports.nix.web @ web", "file:lib/ports.nix.web @ a"]),
    ("let inherit (import ../lib { }) ports; db = ports.databases; in { a.b = db.redis; }",
     ["*file:lib.ports @ ports", "*file:lib.ports.databases @ db",
      "file:lib.ports.databases.redis @ a.b"]),
    ("{ a = (import ../lib/ports.nix).web; }", ["file:lib/ports.nix.web @ a"]),
    ("lib: { a = (import ../lib { inherit lib; }).ports.web; }", ["file:lib.ports.web @ a"]),
    ("{ pkgs, ... }: { a = (pkgs.callPackage ../lib/ports.nix { }).web; }",
     ["file:lib/ports.nix.web @ a"]),
    ("let p = builtins.fromJSON (builtins.readFile ../ports.json); in { a = p.web; }",
     ["*file:ports.json @ p", "file:ports.json.web @ a"]),
    ("{ lib, ... }: let p = lib.importTOML ../ports.toml; in { a = p.web; }",
     ["*file:ports.toml @ p", "file:ports.toml.web @ a"]),
    ("let file = ../lib/ports.nix; p = import file; in { a = p.web; }",
     ["*file:lib/ports.nix @ p", "file:lib/ports.nix.web @ a"]),
    ("{ self, ... }: let p = import \"${self}/lib/ports.nix\"; in { a = p.web; }",
     ["*file:lib/ports.nix @ p", "file:lib/ports.nix.web @ a"]),
    ("let call = path: import path { }; p = call ../lib/ports.nix; in { a = p.web; }",
     ["*file:lib/ports.nix @ p", "file:lib/ports.nix.web @ a"]),
    ("{ ports ? import ../lib/ports.nix }: { a = ports.web; }",
     ["*file:lib/ports.nix @ ports", "file:lib/ports.nix.web @ a"]),
    # Arguments.
    ("{ ports, ... }: { a = ports.web; }", ["argument:ports.web @ a"]),
    ("args@{ ... }: { a = args.ports.web; }", ["argument:ports.web @ a"]),
    ("args: { a = args.ports.web; }", ["argument:ports.web @ a"]),
    ("ports: { a = ports.web; }", ["argument:ports.web @ a"]),
    ("{ constants, ... }: { a = constants.redis; }", ["argument:constants.redis @ a"]),
    ("{ config, ... }: { a = config.my.ports.web; }", ["argument:config.my.ports.web @ a"]),
    ("{ config, ... }: let cfg = config.services.x; in { a = cfg.ports.web; }",
     ["argument:config.services.x.ports.web @ a"]),
    ("{ lib, ns, ... }: { a = lib.${ns}.ports.web; }", ["argument:lib.None.ports.web @ a"]),
    ("{ self, ... }: { a = self.lib.ports.web; }", ["argument:self.lib.ports.web @ a"]),
    ("{ osConfig, ... }: { a = osConfig.ports.web; }", ["argument:osConfig.ports.web @ a"]),
    ("{ ... }: { imports = [ ({ ports, ... }: { a = ports.web; }) ]; }",
     ["argument:ports.web @ imports.a"]),
    # `with`.
    ("{ ports, ... }: { a = with ports; [ web db.redis ]; }",
     ["*argument:ports @ a", "argument:ports.web @ a", "argument:ports.db.redis @ a"]),
    ("{ ports, ... }: { a = with ports.db; redis; }",
     ["*argument:ports.db @ a", "argument:ports.db.redis @ a"]),
    ("let t = { web = 1; }; in { a = with t; [ web ]; ports = 1; }", []),
    # What stands around.
    ("{ ports, ... }: { a = toString ports.web; }", ["argument:ports.web @ a"]),
    ("{ ports, lib, ... }: { a = lib.mkForce (ports.web + 1); }", ["argument:ports.web @ a"]),
    ("{ ports, ... }: { a = \"x:${toString ports.web}\"; }", ["argument:ports.web @ a"]),
    ("{ ports, f }: { a = f.x ports.web [ ports.db ]; }",
     ["argument:f.x @ a", "argument:ports.web @ a", "argument:ports.db @ a"]),
    ("{ ports, c, ... }: { a = if c then ports.web else ports.db; }",
     ["argument:ports.web @ a", "argument:ports.db @ a"]),
    # The longest selection counts, once; part of a registry, too.
    ("{ ports, ... }: { a = ports.${ports.name}; }",
     ["argument:ports.None @ a", "argument:ports.name @ a"]),
    ("{ ports, lib, ... }: { a = lib.attrValues ports.databases; }",
     ["argument:ports.databases @ a"]),
    ("{ ports, ... }: { a = builtins.toJSON ports; }", ["argument:ports @ a"]),
    ("{ ports, ... }: { a = ports.web or 3000; }", ["argument:ports.web @ a"]),
    # Handed on.
    ("{ ports, ... }: { a = import ../x.nix { inherit ports; }; }",
     ["*file:x.nix @ a", "*argument:ports @ a.ports"]),
    ("{ ports, ... }: { _module.args = { inherit ports; }; }",
     ["*argument:ports @ _module.args.ports"]),
    ("{ x }: { specialArgs.p = x.ports; }", ["*argument:x.ports @ specialArgs.p"]),
    ("{ ports = import ./ports.nix; }", ["*file:hosts/ports.nix @ ports"]),
    # What is no way to a registry.
    ("let ports = { web = 80; }; in { a = ports.web; }", []),
    ("{ lib, ... }: { options.a = lib.mkOption { type = lib.types.port; }; }", []),
    ("{ lib, ... }: with lib; { a = mkOption { type = types.port; }; b.enable = true; }", []),
    ("{ config, pkgs, ... }: { a = config.time.zone; b = pkgs.redis; c.enable = true; }", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WAYS)
def test_every_way_is_followed(text: str, expected: list[str]) -> None:
    assert references(text) == expected


def test_an_updated_set_gives_what_it_does_not_replace() -> None:
    assert references("let t = (import ./ports.nix) // { x = 1; }; in { a = t.web; b = t.x; }") == [
        "file:hosts/ports.nix @ t", "file:hosts/ports.nix.web @ a",
    ]  # fmt: skip


def test_a_set_of_the_file_is_no_registry() -> None:
    module = read("let ports = { web = 80; }; in { services.x.port = ports.web; }")
    assert module.references == ()
    assert [(one.setting[-1], one.value[0]) for one in module.definitions] == [("port", 80)]


def test_spans_of_selections_and_inherited_names() -> None:
    text = "{ ports, ... }: { inherit (ports.db) redis; a = (ports).web.x or 1; }"
    inherited, selected = read(text).references
    assert (cut(text, inherited.span), cut(text, inherited.last)) == ("redis", "redis")
    assert (cut(text, selected.span), cut(text, selected.last)) == ("(ports).web.x", "x")
    assert selected.fallback is not None
    assert (selected.fallback.value, cut(text, selected.fallback.span)) == (1, "1")


def test_steps_that_are_written_at_the_place_itself() -> None:
    text = "{ config, ... }: let cfg = config.my.ports; in { a = cfg.db.redis; b = with cfg; web; }"
    assert [(chain(one.chain), one.written_steps) for one in read(text).references] == [
        ("argument:config.my.ports", 2),
        ("argument:config.my.ports.db.redis", 2),
        ("argument:config.my.ports", 0),
        ("argument:config.my.ports.web", 1),
    ]


def test_a_name_that_several_withs_may_give_is_not_sure() -> None:
    text = "{ lib, ports, ... }: with lib; { a = with ports; [ web ]; }"
    sure = {chain(one.chain): one.sure for one in read(text).references}
    assert sure == {"argument:ports": True, "argument:ports.web": False}
