import json

from tests.cli.command import run
from tests.engine.project import write

_PORTS = """\
[databases]
redis = 6379 # udp: fast
postgresql = {port = 5432, host = "db", description = "日本"}

[web]
any = "8000-8099"
none = 0
"""


def test_the_table(tmp_path: object) -> None:
    done = run(write(tmp_path, {"lib/ports.toml": _PORTS}), "list")
    assert done.status == 0
    assert done.out == (
        "NAME                  PORT       PROTOCOLS  HOST  DESCRIPTION\n"
        "databases.redis       6379       udp              fast\n"
        "databases.postgresql  5432       tcp        db    日本\n"
        "web.any               8000-8099  tcp\n"
    )
    assert done.err == "note: left out 1 value that cannot be a port (`check` shows them)\n"


def test_json(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.toml": _PORTS, "sub/a.txt": ""})
    done = run(f"{root}/lib", "list", "--format", "json", "--registry", "ports.toml")
    entries = json.loads(done.out)
    assert entries[1] == {
        "name": "databases.postgresql",
        "port": 5432,
        "port_end": 5432,
        "protocols": ["tcp"],
        "host": "db",
        "address": None,
        "description": "日本",
        "path": "ports.toml",
        "line": 3,
        "column": 1,
    }
    assert [(entry["port"], entry["port_end"]) for entry in entries] == [
        (6379, 6379),
        (5432, 5432),
        (8000, 8099),
    ]


def test_which_of_several_registries_was_taken(tmp_path: object) -> None:
    files = {"lib/ports.toml": "a = 1\n", "ports.toml": "b = 2\n", "nix/ports.json": "{}"}
    root = write(tmp_path, files)
    done = run(root, "list")
    assert "a " in done.out
    assert done.err == (
        "note: the registry is lib/ports.toml, not ports.toml, nix/ports.json "
        "(`registry` in port-registry.toml names it)\n"
    )
    write(tmp_path, {"port-registry.toml": 'registry = "ports.toml"\n'})
    assert run(root, "list").err == ""
    assert "b " in run(root, "list").out
    assert "a " in run(root, "list", "--registry", "lib/ports.toml").out


def test_a_ports_nix_that_declares_no_ports_is_passed_over(tmp_path: object) -> None:
    root = write(
        tmp_path,
        {
            "ports.nix": "{ networking.firewall.allowedTCPPorts = [ 80 ]; }",
            "modules/net/ports.nix": "{ web = 8443; }",
        },
    )
    done = run(root, "list", "--format", "json")
    assert [entry["name"] for entry in json.loads(done.out)] == ["web"]
    assert "not ports.nix" in done.err


def test_only_a_ports_nix_that_declares_no_ports_is_no_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"ports.nix": "{ networking.firewall.allowedTCPPorts = [ 80 ]; }"})
    done = run(root, "list")
    assert done.status == 2
    assert "ports.nix declares no ports" in done.err


def test_a_registry_in_an_ignored_folder_is_found(tmp_path: object) -> None:
    root = write(tmp_path, {".gitignore": "lib/\n", "lib/ports.nix": "{ web = 8443; }"})
    write(root, {".git/HEAD": "ref: refs/heads/main\n"})
    done = run(root, "list", "--format", "json")
    assert [entry["name"] for entry in json.loads(done.out)] == ["web"]
