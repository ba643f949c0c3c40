"""`nix/lib.nix` in the real Nix."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.command import run
from tests.nix.evaluation import ROOT, error_of, value_of, write

_LIB = f"(import {ROOT / 'nix' / 'lib.nix'})"

_REGISTRY = """\
{
  infrastructure = {
    ssh = { port = 22; openFirewall = true; };
    tailscale = { port = 41641; protocol = "udp"; openFirewall = true; };
    admin = { port = 8443; host = "web1"; address = "10.0.0.5"; openFirewall = false; };
  };
  databases.redis = 6379;
  web = rec {
    api = { port = 3000; scheme = "http"; address = "::1"; };
    site = api.port;
    rtp = { from = 40000; to = 40100; protocol = "both"; openFirewall = true; host = "web2"; };
    relay = "49000-49099";
    old = "8081";
    mail-start = 5000;
    mail-end = 5009;
    name = "prose is left alone";
    metered = { port = 7000; metrics = 7001; };
  };
}
"""


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    write(tmp_path, {"ports.nix": _REGISTRY})
    return tmp_path / "ports.nix"


def _error(expression: str) -> str:
    """Return the message that `expression` is refused with, without Nix's advice below it."""
    return error_of(expression).partition("\n(use '--show-trace'")[0]


def _of(registry: object, what: str) -> object:
    return value_of(f"let registry = {_LIB}.load {registry}; in {what}")


def test_ports_have_the_shape_of_the_registry(registry: Path) -> None:
    assert _of(registry, "registry.ports") == {
        "infrastructure": {"ssh": 22, "tailscale": 41641, "admin": 8443},
        "databases": {"redis": 6379},
        "web": {
            "api": 3000,
            "site": 3000,
            "rtp": {"from": 40000, "to": 40100},
            "relay": {"from": 49000, "to": 49099},
            "old": 8081,
            "mail": {"from": 5000, "to": 5009},
            "mail-start": 5000,
            "mail-end": 5009,
            "name": "prose is left alone",
            "metered": {"port": 7000, "metrics": 7001},
        },
    }


def test_a_set_loads_as_its_file_does(registry: Path) -> None:
    loaded = "{ inherit (registry) ports entries env firewall byPort; }"
    assert _of(f"(import {registry})", loaded) == _of(registry, loaded)


@pytest.mark.parametrize("language", ["toml", "json"])
def test_other_languages_load_too(tmp_path: Path, language: str) -> None:
    write(tmp_path, {"from/ports.nix": '{ a.x = 3000; a.y = { port = 3001; host = "h"; }; }'})
    made = run(tmp_path / "from", "convert", "--to", language)
    write(tmp_path, {f"ports.{language}": made.out})
    loaded = "{ inherit (registry) ports entries; }"
    file = tmp_path / f"ports.{language}"
    assert _of(file, loaded) == _of(tmp_path / "from" / "ports.nix", loaded)


def test_an_entry_says_everything(registry: Path) -> None:
    assert _of(registry, 'registry.entry "infrastructure.admin"') == {
        "name": "infrastructure.admin",
        "path": ["infrastructure", "admin"],
        "category": "infrastructure",
        "service": "admin",
        "port": 8443,
        "from": 8443,
        "to": 8443,
        "ports": "8443",
        "protocols": ["tcp"],
        "host": "web1",
        "address": "10.0.0.5",
        "description": "",
        "internal": True,
        "openFirewall": False,
        "scheme": None,
        "variables": {"long": "INFRASTRUCTURE_ADMIN_PORT", "short": "ADMIN_PORT"},
    }
    names = 'map (entry: entry.name) registry.byPort."3000"'
    assert _of(registry, names) == ["web.api", "web.site"]


def test_the_firewall_opens_what_asks_for_it(registry: Path) -> None:
    assert _of(registry, "registry.firewall") == {
        "allowedTCPPorts": [22],
        "allowedUDPPorts": [41641],
        "allowedTCPPortRanges": [{"from": 40000, "to": 40100}],
        "allowedUDPPortRanges": [{"from": 40000, "to": 40100}],
    }
    of_web1 = _of(registry, '(registry.forHost "WEB1").firewall')
    assert of_web1 == {
        "allowedTCPPorts": [22],
        "allowedUDPPorts": [41641],
        "allowedTCPPortRanges": [],
        "allowedUDPPortRanges": [],
    }


def test_a_host_has_its_own_entries_and_those_of_none(registry: Path) -> None:
    names = '{0}map (entry: entry.name) (registry.forHost "{1}").entries'
    web1, web2 = (_of(registry, names.format("", host)) for host in ("web1", "web2"))
    assert isinstance(web1, list)
    assert isinstance(web2, list)
    assert set(web1) - set(web2) == {"infrastructure.admin"}
    assert set(web2) - set(web1) == {"web.rtp"}


def test_env_is_what_the_program_exports(registry: Path) -> None:
    exported = run(registry.parent, "export", "env").out
    assert _of(registry, "registry.env") == dict(
        line.split("=", 1) for line in exported.splitlines()
    )


def test_urls_and_endpoints(registry: Path) -> None:
    assert _of(
        registry,
        """{
          redis = registry.url "databases.redis";
          path = registry.endpoint [ "databases" "redis" ];
          bound = registry.endpoint "infrastructure.admin";
          own = registry.url "web.api";
        }""",
    ) == {
        "redis": "redis://localhost:6379",
        "path": "localhost:6379",
        "bound": "10.0.0.5:8443",
        "own": "http://[::1]:3000",
    }


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ('endpoint "web.redis"', "there is no entry web.redis; did you mean databases.redis?"),
        ('endpoint "web.rtp"', "web.rtp is the range 40000-40100, no single endpoint"),
        ('url "web.old"', 'the scheme of web.old is not known; say `scheme = "http";` in its leaf'),
    ],
)
def test_what_cannot_be_answered_is_refused(registry: Path, asked: str, error: str) -> None:
    assert _error(f"({_LIB}.load {registry}).{asked}") == f"port-registry: {error}"


_FAULTS = {
    "development": [
        ("api = 3000;", ""),
        ("web = 3000;", "development.web has port 3000, which development.api (3000) claims"),
        ("zero = 0;", "development.zero = 0 lets the system choose a port"),
        ("big = 65536;", "development.big = 65536 is outside 1 to 65535"),
        ("minus = (-1);", "development.minus = -1 is outside 1 to 65535"),
        ("half = 80.5;", "development.half = 80.5 is not a valid port"),
        ('httpPort = "x";', 'development.httpPort = "x" is not a valid port'),
        ("nullPort = null;", "development.nullPort = null is not a valid port"),
        ("listPort = [ 1 ];", "development.listPort = [ 1 ] is not a valid port"),
        ("leaf = { port = true; };", "development.leaf = true is not a valid port"),
        ('digits = "70000";', "development.digits = 70000 is outside 1 to 65535"),
    ],
    "media": [
        ("rtp = { from = 41000; to = 40000; };", "media.rtp = 41000-40000 is a range whose end"),
        ('relay = "50-40";', "media.relay = 50-40 is a range whose end is below its start"),
        ("none = { start = 4000; count = 0; };", "media.none = 0 is a range whose end is below"),
        ("wide = { from = 2990; to = 3005; };", "media.wide has ports 2990-3005, which"),
        ("fooBar = 4100;", ""),
        ("foo-bar = 4101;", "media.foo-bar and media.fooBar become one name"),
        ("FooBar = 4102;", "media.FooBar and media.fooBar become one name"),
        ("dns = 53;", ""),
        (
            'dns2 = { port = 53; protocol = "udp"; host = "atlas"; };',
            "53) claims already; give one of them another port [udp, host any and atlas]",
        ),
    ],
    "net": [
        ('one = { port = 6000; address = "::ffff:10.0.0.5"; };', ""),
        ('two = { port = 6000; address = "10.0.0.5"; };', "net.two has port 6000, which net.one"),
        ('six = { port = 6000; address = "::"; };', "net.six has port 6000, which net.one (6000)"),
        ('apart = { port = 6000; address = "10.0.0.6"; host = "a"; };', "net.apart has port 6000"),
        ('fine = { port = 3000; protocol = "udp"; };', ""),
    ],
}


def test_all_of_20_faults_are_in_one_message(tmp_path: Path) -> None:
    body = "".join(
        f"{category} = {{ {' '.join(line for line, _ in lines)} }};\n"
        for category, lines in _FAULTS.items()
    )
    write(tmp_path, {"ports.nix": f"{{\n{body}}}\n"})
    error = _error(f"({_LIB}.load {tmp_path}/ports.nix).ports")
    said = [fault for lines in _FAULTS.values() for _, fault in lines if fault]
    assert len(said) == 20
    first, *lines = error.split("\n")
    assert first == f"port-registry: 20 problems in {tmp_path}/ports.nix:"
    assert len(lines) == 20
    for fault in said:
        assert sum(fault in line for line in lines) == 1, fault


def test_an_entry_that_refers_to_another_is_no_clash(tmp_path: Path) -> None:
    text = "let base = 7000; in rec { a.api = 3000; b = { web = a.api; inherit (a) api; };\n"
    text += "c.one = base; c.two\n = base; d = { port = 3000; }; e.x = { port = b.web; }; }"
    write(tmp_path, {"ports.nix": text})
    names = value_of(f"map (one: one.names) ({_LIB}.read {tmp_path}/ports.nix).problems")
    assert names == [["a.api", "d"]]


def test_problems_can_be_had_without_an_error() -> None:
    given = "{ a.x = 3000; a.y = 3000; a.X = 3001; }"
    assert value_of(f"({_LIB}.read {given}).problems") == [
        {
            "rule": "duplicate-port",
            "names": ["a.x", "a.y"],
            "message": "a.y has port 3000, which a.x (3000) claims already;"
            " give one of them another port",
            "where": "tcp",
        },
        {
            "rule": "duplicate-name",
            "names": ["a.x", "a.X"],
            "message": "a.X and a.x become one name as environment variables (A_X);"
            " rename one of them",
            "where": "",
        },
    ]


def test_rules_can_be_ignored() -> None:
    given = "registry = { a.x = 3000; a.X = 3001; };"
    ports = value_of(f'({_LIB}.load {{ {given} ignore = [ "duplicate-name" ]; }}).ports')
    assert ports == {"a": {"x": 3000, "X": 3001}}
    error = _error(f'({_LIB}.load {{ {given} ignore = [ "unused-port" ]; }}).ports')
    assert error.startswith("port-registry: the registry cannot ignore unused-port; the rules are")


def test_a_value_that_fails_gives_its_own_error() -> None:
    error = _error(f'({_LIB}.load {{ a.x = 3000; a.y = throw "mine"; }}).ports.a.x')
    assert error == "mine"


def test_what_contains_itself_is_refused() -> None:
    error = _error(f"({_LIB}.load (let a = {{ x = 3000; inherit a; }}; in a)).ports")
    assert "is nested too deeply" in error


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("(x: x)", "the registry is a function; load what it gives"),
        ("5", "the registry is not a set of attributes"),
        ('{ registry = { a.x = 1; }; attribute = "b"; }', "the registry has no attribute `b`"),
    ],
)
def test_what_is_no_registry_is_refused(given: str, error: str) -> None:
    assert _error(f"({_LIB}.load {given}).ports").startswith(f"port-registry: {error}")


def test_a_category_may_be_called_registry() -> None:
    ports = value_of(f"({_LIB}.load {{ registry = {{ docker = 5000; }}; }}).ports")
    assert ports == {"registry": {"docker": 5000}}


_COMMENTED = """\
{
  net.tunnel = 41000; # udp: between the houses
  net.proxy = 41000; # tcp
  net.secret = 41001; # internal
}
"""


def test_metadata_says_what_comments_say(tmp_path: Path) -> None:
    write(tmp_path, {"ports.nix": _COMMENTED})
    write(tmp_path, {"ports.json": run(tmp_path, "export", "json").out})
    assert "net.proxy has port 41000" in _error(f"({_LIB}.load {tmp_path}/ports.nix).ports")
    given = f"{{ registry = {tmp_path}/ports.nix; meta = {tmp_path}/ports.json; }}"
    tunnel = value_of(f'({_LIB}.load {given}).entry "net.tunnel"')
    assert isinstance(tunnel, dict)
    assert (tunnel["protocols"], tunnel["description"]) == (["udp"], "between the houses")
    assert value_of(f'(({_LIB}.load {given}).entry "net.secret").internal') is True
    of_a_set = given.replace(f"{tmp_path}/ports.nix", f"import {tmp_path}/ports.nix")
    assert value_of(f'(({_LIB}.load {of_a_set}).entry "net.tunnel").protocols') == ["udp"]


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        (_COMMENTED.replace("41001", "41002"), ": net.secret was 41001 and is 41002"),
        (_COMMENTED.replace("secret", "public"), ": net.public is not in it"),
        (_COMMENTED.replace("  net.secret = 41001; # internal\n", ""), ": net.secret is not in "),
        (_COMMENTED.replace("# udp", "# tcp"), ""),
    ],
)
def test_metadata_that_is_older_is_refused(tmp_path: Path, changed: str, difference: str) -> None:
    write(tmp_path, {"ports.nix": _COMMENTED})
    write(tmp_path, {"ports.json": run(tmp_path, "export", "json").out, "ports.nix": changed})
    error = _error(
        f"({_LIB}.load {{ registry = {tmp_path}/ports.nix; meta = {tmp_path}/ports.json; }}).ports"
    )
    assert error.startswith(
        f"port-registry: {tmp_path}/ports.json is older than the registry"
        f" {tmp_path}/ports.nix{difference}"
    )
    assert error.endswith("; run `port-registry export json` again")


def test_metadata_of_another_version_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha256(_COMMENTED.encode()).hexdigest()
    meta = json.dumps({"version": 2, "sha256": digest, "entries": []})
    write(tmp_path, {"ports.nix": _COMMENTED, "ports.json": meta})
    error = _error(
        f"({_LIB}.load {{ registry = {tmp_path}/ports.nix; meta = {tmp_path}/ports.json; }}).ports"
    )
    assert "is not what this version of `port-registry export json` writes" in error


@pytest.mark.slow
def test_many_entries_do_not_overflow(tmp_path: Path) -> None:
    body = "".join(f"s{at} = {1 + at};\n" for at in range(20_000))
    body += "".join(f't{at} = {{ port = 30000; host = "h{at}"; }};\n' for at in range(2_000))
    write(tmp_path, {"ports.nix": f"{{ a = {{\n{body}}}; }}\n"})
    counted = value_of(f"builtins.length (({_LIB}.load {tmp_path}/ports.nix).entries)")
    assert counted == 22_000
