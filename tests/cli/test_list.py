import json

from tests.cli.command import run
from tests.project.made import write

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
    entries, rooms = done.out.split("\n\n")
    assert entries.splitlines() == [
        "NAME                  PORT       PROTOCOLS  HOST  DESCRIPTION",
        "databases.redis       6379       udp              fast",
        "databases.postgresql  5432       tcp        db    日本",
        "web.any               8000-8099  tcp",
    ]
    assert [line.split()[:3] for line in rooms.splitlines()] == [
        ["RANGE", "CATEGORIES", "ENTRIES"],
        ["1-1023", "system", "0"],
        ["3000-3999", "web", "0"],
        ["4000-4999", "otel", "0"],
        ["5000-5999", "databases", "1"],
        ["6000-6999", "tools", "1"],
        ["7000-7999", "workflows", "0"],
        ["8000-8999", "uis", "1"],
        ["9000-9999", "infrastructure", "0"],
    ]
    assert done.err == "note: left out 1 value that cannot be a port (`check` shows them)\n"


def test_json(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.toml": _PORTS, "sub/a.txt": ""})
    done = run(f"{root}/lib", "list", "--format", "json", "--registry", "ports.toml")
    assert done == run(f"{root}/lib", "export", "json", "--registry", "ports.toml")
    entries = json.loads(done.out)["entries"]
    assert entries[1] == {
        "name": "databases.postgresql",
        "port": 5432,
        "port_end": 5432,
        "protocols": ["tcp"],
        "host": "db",
        "address": None,
        "category": "databases",
        "service": "postgresql",
        "protocol_source": "known",
        "description": "日本",
        "internal": False,
        "same_as": "databases.postgresql",
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
    assert [entry["name"] for entry in json.loads(done.out)["entries"]] == ["web"]
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
    assert [entry["name"] for entry in json.loads(done.out)["entries"]] == ["web"]


def test_the_room_that_is_left(tmp_path: object) -> None:
    files = {
        "port-registry.toml": '[ranges]\nmine = ["25001-25010", "26001-26003"]\n',
        "lib/ports.nix": "{ mine = { a = 25001; b = { from = 25003; to = 25009; }; c = 26002; }; }",
    }
    done = run(write(tmp_path, files), "list")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["25001-25010", "mine", "2", "2"] in rows
    assert ["26001-26003", "mine", "1", "2"] in rows


def test_categories_stand_together(tmp_path: object) -> None:
    text = "{ b.one = 3000; a.x = 3001; top = 3002; b.two = 3003; a.y.z = 3004; a.w = 3005; }"
    done = run(write(tmp_path, {"ports.nix": text}), "list")
    names = [line.split()[0] for line in done.out.split("\n\n")[0].splitlines()[1:]]
    assert names == ["b.one", "b.two", "a.x", "a.w", "a.y.z", "top"]


def test_what_a_service_is_where_the_registry_does_not_say(tmp_path: object) -> None:
    text = "{ databases.redis = 6379; databases.mysql = 3307; web.redis = 6380; # mine\n }"
    rows = run(write(tmp_path, {"ports.nix": text}), "list").out.splitlines()
    assert rows[1] == "databases.redis  6379  tcp        In-memory key-value store"
    assert rows[2] == "databases.mysql  3307  tcp"
    assert rows[3] == "web.redis        6380  tcp        mine"


def test_the_quick_reference(tmp_path: object) -> None:
    text = '{ databases.redis = 6379; a_b.c = 41641; # udp: a|b *c*\n d."e`f" = 80; # tcp/udp\n }'
    done = run(write(tmp_path, {"ports.nix": text}), "list", "--format", "markdown")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "| Service | Port | Protocol | Description |\n"
        "| --- | ---: | --- | --- |\n"
        "| databases.redis | 6379 | TCP |  |\n"
        "| a\\_b.c | 41641 | UDP | a\\|b \\*c\\* |\n"
        '| d."e\\`f" | 80 | TCP, UDP |  |\n'
    )
    plain = write(f"{tmp_path}/plain", {"flake.nix": "", "ports.nix": "{ a.b = 3000; }"})
    assert (
        run(plain, "list", "--format", "markdown").out.splitlines()[0]
        == "| Service | Port | Protocol |"
    )
