"""Files told apart before they are parsed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.model import Source
from port_registry.sources.nix.prefilter import may_matter, names_port, part_may_matter
from port_registry.sources.nix.read import read_module

NAMING = [
    "{ services.x.port = 1; }",
    "{ x.httpPort = 1; }",
    "{ x.PORT = 1; }",
    "{ a = ports.web; }",
    "{ url = \"http://localhost:8080/\"; }",
    "{ listen = \"[::]:80\"; }",
    "{ x.listen = 8080; }",
    "{ args = [ \"-p\" \"2222\" ]; }",
    "{ networking.firewall.allowedTCPPorts = [ 80 ]; }",
    "# Port from lib/ports.nix: a.b",
]  # fmt: skip

LINKING = [
    "{ imports = [ ./a.nix ]; }",
    "{ imports = [ ../. ]; }",
    "{ imports = [ ./hosts/${name} ]; }",
    "{ imports = [ ./hosts ]; }",
    "{ self, ... }: { imports = [ \"${self}/hosts\" ]; }",
    "{ self, ... }: { imports = [ (self + \"/hosts\") ]; }",
    "{ services.nginx.enable = true; }",
    "{ lib, ... }: { homelab.nginx = { enable = lib.mkDefault true; }; }",
    "{ flake.nixosConfigurations = x; }",
    "{ _module.args = x; }",
    "{ a = \"${b} # c\"; imports = [ ./a.nix ]; } # ./x",
    "{ a = b'' c; # ''\n imports = [ ./a.nix ]; }",
    "{ a = ''\"''; imports = [ ./a.nix ]; b = ''\"''; }",
    "/* '' */ { imports = [ ./a.nix ]; a = \"./b.nix\"; }",
    "{ a = \"./x\"; b = \"${./a.nix}\"; }",
]  # fmt: skip

SILENT = [
    "",
    "{ }",
    "{ pkgs, ... }: { environment.systemPackages = [ pkgs.hello ]; }",
    "{ programs.git.enable = true; }",
    "{ x = import y; z = \"support for exports, transport and reports\"; }",
    "{ pkgs, ... }: pkgs.mkDerivation { src = ./fix.patch; version = \"1.20.3\"; }",
    "# ./a.nix\n{ }",
    "{ a.description = \"such as `services.b.enable = true`\"; }",
    "{ a.example = ''\n  cd ./b # itself ''; c = ''${d \"e\" { }} #''; }",
    "{ a.b = \"cd ../..\"; /* ./c.nix */ }",
    "{ time = \"2026-01-02T10:30:45+00:00\"; }",
]  # fmt: skip


@pytest.mark.parametrize("text", NAMING)
def test_a_port_may_be_named(text: str) -> None:
    assert names_port(text.encode())
    assert may_matter(text.encode())


@pytest.mark.parametrize("text", LINKING)
def test_other_files_or_services_matter(text: str) -> None:
    assert not names_port(text.encode())
    assert may_matter(text.encode())


@pytest.mark.parametrize("text", SILENT)
def test_nothing_is_lost(text: str) -> None:
    assert not may_matter(text.encode())
    module = read_module(Source("x.nix", text))
    if module is not None:
        told = (module.references, module.literals, module.paths, module.annotations)
        assert told == ((), (), (), ())


def test_bytes_that_are_no_text_are_no_matter() -> None:
    assert not may_matter(b"\xff\xfe\x00{ }")


PIECES = [
    *"./a.nix ../. a'' b \"./c\" \"${x}\" \"${x}/d\" ''./e'' ''${./f}'' ''''${./g}''".split(" "),
    *"{ } ( ) [ ] ; = : . + // ' \" '' ''' ${ \\ # /* */ self true x.enable=true;".split(" "),
    "\n",
    "# it's\n",
    '/* " */',
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=500, deadline=None)
def test_no_path_in_the_code_is_overlooked(pieces: list[str]) -> None:
    for text in (f"[ {' '.join(pieces)} ]", f"{{ imports = [ {''.join(pieces)} ]; }}"):
        module = read_module(Source("x.nix", text))
        if module is not None and module.paths and part_may_matter(text.encode()):
            assert may_matter(text.encode())
