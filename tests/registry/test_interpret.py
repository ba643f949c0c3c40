"""Interpretation of leaves and sets as entries."""

import pytest
from tests.registry.helpers import cut, only, protocols, read, read_files, shown

from port_registry.model import Flaw, format_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a = 1; b.c = 2; b.d.e = 3; }", {"a": "1", "b.c": "2", "b.d.e": "3"}),
        ('{ "5d-diplomacy" = 1; }', {'"5d-diplomacy"': "1"}),
        ("{ lib }: { a = 1; }", {"a": "1"}),
        ("{ lib, config, ... }: { a = 1; }", {"a": "1"}),
        ("{ ... }: { a = 1; }", {"a": "1"}),
        ("_: { a = 1; }", {"a": "1"}),
        ("let base = 8000; in { a = base; b = base + 1; }", {"a": "8000", "b": "8001"}),
        ("rec { a = 1; b = a + 1; }", {"a": "1", "b": "2"}),
        ("{ a = 1; b = 2; } // { b = 3; }", {"a": "1", "b": "3"}),
        ("let x = 5; in { inherit x; }", {"x": "5"}),
        ("let s = { x = 5; }; in { inherit (s) x; }", {"x": "5"}),
        ("let s = { x = 5; }; in with s; { y = x; }", {"y": "5"}),
        ("{ a = if true then 1 else 2; }", {"a": "1"}),
        ("assert true; { a = 1; }", {"a": "1"}),
        ("{ lib, ... }: { a = lib.mkDefault 1; b = lib.mkForce 2; }", {"a": "1", "b": "2"}),
        (
            '{ lib, ... }: { a = lib.mkOption { type = lib.types.port; default = 3; }; }',
            {"a": "3"},
        ),
        ("{ ports = { a = 1; }; }", {"a": "1"}),
        ("{ ports = { a = 1; }; hosts = { x = \"10.0.0.1\"; }; }", {"a": "1"}),
        ("{ ports = { a = 1; }; b = 2; }", {"ports.a": "1", "b": "2"}),
        ("{ config.my.net.ports = { a = 1; }; }", {"a": "1"}),
        (
            "{ lib, ... }: { options.my.ports = lib.mkOption { default = { a = 1; }; }; }",
            {"a": "1"},
        ),
        (
            "{ lib, ... }: { options.my.ports.a = lib.mkOption { default = 1; }; }",
            {"a": "1"},
        ),
        ("{ a = { port = 1; }; }", {"a": "1"}),
        ("{ a = { from = 1; to = 5; }; }", {"a": "1-5"}),
        ("{ a = { start = 1; end = 5; }; }", {"a": "1-5"}),
        ("{ a = { minPort = 1; maxPort = 5; }; }", {"a": "1-5"}),
        ("{ aFromPort = 1; aToPort = 5; }", {"a": "1-5"}),
        ("{ a = { start = 1; count = 5; }; }", {"a": "1-5"}),
        ("{ a = { port = { from = 1; to = 5; }; protocol = \"udp\"; }; }", {"a": "1-5"}),
        ('{ a = "49000-49099"; }', {"a": "49000-49099"}),
        ('{ a = "80"; }', {"a": "80"}),
        ("{ x-start = 1; x-end = 5; b = 2; }", {"x": "1-5", "b": "2"}),
        ("{ x_min = 1; x_max = 5; }", {"x": "1-5"}),
        ("{ xStart = 1; xEnd = 5; }", {"x": "1-5"}),
        ("{ mediaFrom = 1; mediaTo = 5; }", {"media": "1-5"}),
        ("{ x-start = 1; y-end = 5; }", {"x-start": "1", "y-end": "5"}),
        ("{ x = 9; x-start = 1; x-end = 5; }", {"x": "9", "x-start": "1", "x-end": "5"}),
        ("{ a = { port = 1; metricsPort = 2; grpc = 9095; tier = 3; }; }",
         {"a": "1", "a.metricsPort": "2", "a.grpc": "9095"}),
        ("{ a = { port = 1; admin = { port = 2; }; check = { interval = 5000; n = 3; }; }; }",
         {"a": "1", "a.admin": "2"}),
        ("{ pocket-id = 1411; vlan-id = 20; }", {"pocket-id": "1411"}),
        ("{ }", {}),
    ],
)  # fmt: skip
def test_nix_shapes(text: str, expected: dict[str, str]) -> None:
    registry = read(text)
    assert shown(registry) == expected
    assert registry.invalid_leaves == ()
    assert registry.unknown == ()
    assert registry.duplicates == ()


def test_an_empty_attribute_path_is_none() -> None:
    assert shown(read("{ ports = { a = 1; }; }", attribute=())) == {"a": "1"}


def test_imports() -> None:
    registry = read_files(
        {
            "lib/ports.nix": "let b = import ./base.nix; in { a = b.x; c = import ./c.nix; }",
            "lib/base.nix": "{ x = 80; }",
            "lib/c.nix": "{\n  d = 81; # udp: there\n}",
        },
        "lib/ports.nix",
    )
    assert shown(registry) == {"a": "80", "c.d": "81"}
    a, d = registry.entries
    assert [span.path for span in a.digits] == ["lib/base.nix"]
    assert d.name_span.path == "lib/c.nix"
    assert (protocols(d), d.description) == ("udp", "there")


def test_every_attribute_of_a_structured_leaf() -> None:
    text = (
        '{ a = { port = 41641; protocol = "udp"; openFirewall = false; description = "d"; '
        'host = "h"; address = "127.0.0.1"; layer = 0; }; }'
    )
    registry = read(text)
    entry = only(registry)
    assert protocols(entry) == "udp"
    assert entry.internal
    assert entry.description == "d"
    assert (entry.endpoint.host, entry.endpoint.address) == ("h", "127.0.0.1")
    assert format_name(entry.name) == "a"
    assert len(registry.notes) == 1


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('protocol = "UDP";', "udp"),
        ('protocols = [ "udp" "tcp" ];', "tcp+udp"),
        ('protocol = "tcp/udp";', "tcp+udp"),
        ('protocol = "both";', "tcp+udp"),
        ('protocol = "http";', "tcp"),
    ],
)
def test_protocols_of_a_structured_leaf(attribute: str, expected: str) -> None:
    assert protocols(only(read(f"{{ a = {{ port = 1; {attribute} }}; }}"))) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", (None, "127.0.0.1")),
        ("localhost", (None, "localhost")),
        ("::1", (None, "::1")),
        ("web.example", ("web.example", None)),
        ("", (None, None)),
    ],
)
def test_a_host_that_is_an_address(host: str, expected: tuple[str | None, str | None]) -> None:
    endpoint = only(read(f'{{ a = {{ port = 1; host = "{host}"; }}; }}')).endpoint
    assert (endpoint.host, endpoint.address) == expected


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("{ a = 80; }", ["80"]),
        ("let b = 80; in { a = b; }", ["80"]),
        ('{ a = "80"; }', ["80"]),
        ("{ a = { port = 80; }; }", ["80"]),
        ("{ lib, ... }: { a = lib.mkDefault 80; }", ["80"]),
        ("{ a = { from = 80; to = 90; }; }", ["80", "90"]),
        ('{ a = "80-90"; }', ["80", "90"]),
        ('{ a = "80 - 90"; }', ["80", "90"]),
        ("{ a-start = 80; a-end = 90; }", ["80", "90"]),
        ("{ a = { start = 80; count = 10; }; }", []),
        ("{ a = 79 + 1; }", []),
        ('{ a = "8${"0"}"; }', []),
    ],
)
def test_only_literal_digits_can_be_edited(text: str, digits: list[str]) -> None:
    assert [cut(text, span) for span in only(read(text)).digits] == digits


def test_spans() -> None:
    text = "{ databases.redis = 6379; }"
    entry = only(read(text))
    assert cut(text, entry.name_span) == "redis"
    assert cut(text, entry.value_span) == "6379"


@pytest.mark.parametrize(
    "text",
    [
        "{ layer = 0; }",
        "{ schemaVersion = 3; }",
        "{ meta = { a = 80; }; }",
        "{ _meta.a = 80; }",
        '{ engine = "postgres"; }',
        '{ url = "http://localhost:80"; }',
        "{ list = [ 80 443 ]; }",
        "{ on = true; }",
        "{ nothing = null; }",
        "{ helper = x: x; }",
        "{ derivePort = x: x + 1; }",
    ],
)
def test_ignored_attributes(text: str) -> None:
    registry = read(text)
    assert registry.entries == ()
    assert registry.invalid_leaves == ()
    assert len(registry.notes) == 1
    assert "is ignored" in registry.notes[0].message


@pytest.mark.parametrize(
    ("text", "flaw", "shown_text"),
    [
        ("{ a = 0; }", Flaw.ZERO, "0"),
        ("{ a = -1; }", Flaw.OUT_OF_BOUNDS, "-1"),
        ("{ a = 65536; }", Flaw.OUT_OF_BOUNDS, "65536"),
        ('{ a = "0"; }', Flaw.ZERO, "0"),
        ('{ a = "-1"; }', Flaw.OUT_OF_BOUNDS, "-1"),
        ('{ a = "' + "9" * 400 + '"; }', Flaw.OUT_OF_BOUNDS, "9" * 39 + "…"),
        ("{ a = 80.0; }", Flaw.NOT_A_PORT, "80.0"),
        ('{ port = "http"; }', Flaw.NOT_A_PORT, '"http"'),
        ('{ a = { port = "http"; }; }', Flaw.NOT_A_PORT, '"http"'),
        ("{ a = { port = [ 80 ]; }; }", Flaw.NOT_A_PORT, "[ 80 ]"),
        ("{ a = { port = true; }; }", Flaw.NOT_A_PORT, "port = true;"),
        ("{ httpPort = null; }", Flaw.NOT_A_PORT, "httpPort = null;"),
        ("{ a = { from = 90; to = 80; }; }", Flaw.REVERSED, "90"),
        ("{ a = { start = 90; count = 0; }; }", Flaw.REVERSED, "0"),
        ("{ a = { from = 0; to = 80; }; }", Flaw.ZERO, "0"),
        ("{ a = { from = 1; to = 65536; }; }", Flaw.OUT_OF_BOUNDS, "65536"),
        ('{ a = "90-80"; }', Flaw.REVERSED, '"90-80"'),
        ("{ a-start = 90; a-end = 80; }", Flaw.REVERSED, "90"),
    ],
)
def test_flaws(text: str, flaw: Flaw, shown_text: str) -> None:
    registry = read(text)
    assert registry.entries == ()
    (leaf,) = registry.invalid_leaves
    assert leaf.flaw is flaw
    assert leaf.text == shown_text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{ lib, ... }: { a = lib.mkOption { }; b = 80; }", ("a",)),
        ("{ config, ... }: { a = config.x; b = 80; }", ("a",)),
        ("{ a = import ../outside.nix; b = 80; }", ("a",)),
        ('{ a = { port = builtins.getEnv "P" + "1"; }; b = 80; }', ("a",)),
        ("rec { a = a; b = 80; }", ("a",)),
        ("{ a = import ./ports.nix; b = 80; }", ("a",)),
        ("let s = { port = 80; t = s; }; in { b = 80; c = s; }", ()),
    ],
)
def test_what_cannot_be_known_is_unknown(text: str, name: tuple[str, ...]) -> None:
    registry = read(text)
    assert shown(registry)["b"] == "80"
    if name:
        assert registry.unknown
        assert registry.unknown[0].name[: len(name)] == name
    for unknown in registry.unknown:
        assert unknown.reason
        assert unknown.span.path == "ports.nix"


def test_attributes_defined_twice() -> None:
    text = "{ a = { b = 1; b = 2; }; }"
    registry = read(text)
    (duplicate,) = registry.duplicates
    assert duplicate.name == ("a", "b")
    assert duplicate.span.start > duplicate.first.start
    assert cut(text, duplicate.span) == cut(text, duplicate.first) == "b"
    assert shown(registry) == {"a.b": "1"}


def test_duplicates_are_named_relative_to_the_prefix() -> None:
    (duplicate,) = read("{ ports = { a.b = 1; a.b = 2; }; }").duplicates
    assert duplicate.name == ("a", "b")


@pytest.mark.parametrize(
    ("value", "expected", "unknown"),
    [
        ("lib.mkIf true 80", {"a": "80"}, False),
        ("lib.mkIf false 80", {}, False),
        ("lib.mkOrder 5 80", {"a": "80"}, False),
        ("lib.mkOption { default = { c = 1; }; }", {"a.c": "1"}, False),
        ('{ _type = "mine"; b = 1; }', {"a.b": "1"}, False),
        ("let s = { p = 1; t = s; }; in s", {"a.p": "1"}, True),
        ("lib.mkIf config.x 80", {}, True),
        ("lib.mkMerge [ { b = 80; } ]", {}, True),
    ],
)
def test_what_the_module_system_makes(value: str, expected: dict[str, str], unknown: bool) -> None:
    registry = read(f"{{ lib, config, ... }}: {{ a = {value}; }}")
    assert shown(registry) == expected
    assert bool(registry.unknown) is unknown


def test_an_option_has_a_description() -> None:
    entry = only(read('{ lib }: { a = lib.mkOption { default = 1; description = "so"; }; }'))
    assert entry.description == "so"


def test_deeply_nested_values_are_unknown() -> None:
    (unknown,) = read("{ a = " * 70 + "1" + "; }" * 70).unknown
    assert "too deeply" in unknown.reason


def test_a_whole_registry_can_be_unknown() -> None:
    for text in ("{ config, ... }: config.x", "{ config, ... }: { ports = config.x; }"):
        registry = read(text)
        assert registry.entries == ()
        assert len(registry.unknown) == 1
    assert read("{ config, ... }: { ports = config.x; }", attribute=("ports",)).unknown


def test_a_name_can_end_with_its_protocol() -> None:
    registry = read("{ dns-udp = 5353; livekitUdp = 7000; dns-tcp = 5353; udp = 9; }")
    assert list(map(protocols, registry.entries)) == ["udp", "udp", "tcp", "tcp"]


def test_a_name_can_contain_its_protocol_or_its_service() -> None:
    registry = read("{ CAST_UDP_ANNOUNCE = 8555; tcpUdpEcho = 7007; castMdns = 5353; a-ssh = 22; }")
    assert list(map(protocols, registry.entries)) == ["udp", "tcp+udp", "udp", "tcp"]


def test_the_bounds_of_an_allocator_are_not_entries() -> None:
    registry = read("{ minPort = 5000; maxPort = 65535; __functor = self: name: 1; }")
    assert registry.entries == ()
    assert len(registry.notes) == 3
    assert shown(read("{ web = 80; from = 8000; to = 8100; }")) == {"web": "80"}
