import json
import os
import socket
import subprocess

import pytest

from port_registry.changes import add_entry
from tests import real
from tests.cli.command import Done, finish, run, start
from tests.project.made import read, write

_NIX = """\
{
  databases = {
    redis = 6379;
    postgresql = 5432; # the main one
  };

  development.api = 3000;
}
"""


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add_entry, "is_bound", lambda _port, _protocols: False)


@pytest.fixture
def root(tmp_path: object) -> str:
    return write(tmp_path, {"lib/ports.nix": _NIX, "flake.nix": ""})


def _entries(root: str) -> dict[str, object]:
    done = run(root, "list", "--format", "json")
    assert done.status == 0
    return {entry["name"]: entry for entry in json.loads(done.out)["entries"]}


def test_a_service_takes_its_own_port(root: str) -> None:
    done = run(root, "add", "databases.mysql")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "Added databases.mysql = 3306 (tcp) to lib/ports.nix:5: mysql's own port.\n"
        "\n"
        "In a module, such as modules/mysql.nix:\n"
        "  let ports = import ../lib/ports.nix; in { … port = ports.databases.mysql; }\n"
        "In flake.nix:\n"
        '  let ports = import ./lib/ports.nix; in … "--port ${toString ports.databases.mysql}"\n'
        "In process-compose.yaml:\n"
        "  # Port from lib/ports.nix: databases.mysql = 3306\n"
        "  command: … --port 3306\n"
    )
    assert "    mysql = 3306;\n" in read(root, "lib/ports.nix")
    assert run(root, "check").status == 0


def test_a_new_category_that_may_be_a_slip(root: str) -> None:
    done = run(root, "add", "databasse.mysql")
    assert done.out.splitlines()[1] == (
        "note: `databasse` is a new category; "
        "`port-registry move databasse.mysql databases` is for one that was meant"
    )
    assert "note" not in run(root, "add", "databasse.other").out
    assert "note" not in run(root, "add", "kiosk.screen").out
    assert run(root, "move", "databasse.mysql", "databases").status == 0
    # One of the convention, which the registry does not have yet.
    assert "move storrage.x storage`" in run(root, "add", "storrage.x").out
    assert "note" not in run(root, "add", "storage.minio").out


def test_its_own_port_that_is_taken(root: str) -> None:
    assert run(root, "add", "databases.mysql").status == 0
    done = run(root, "add", "databases.mariadb")
    assert done.out.startswith("Added databases.mariadb = 500")
    assert "the lowest free port of 5000-5999" in done.out
    assert (
        "note: 3306, mariadb's own port, is that of databases.mysql = 3306 (lib/ports.nix:5)\n"
    ) in done.out


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("infrastructure.tailscale", (41641, ["udp"])),
        ("system.http", (80, ["tcp"])),
        ("databases.shop-db", (5002, ["tcp"])),
        ("development.web", (3002, ["tcp"])),
        ("tools.mine", (6002, ["tcp"])),
        ("mine.alone", (3002, ["tcp"])),
        ("otel.collector-udp", (4002, ["udp"])),
    ],
)
def test_the_port_that_suits(root: str, name: str, entry: tuple[int, list[str]]) -> None:
    assert run(root, "add", name).status == 0
    entry_json = _entries(root)[name]
    assert isinstance(entry_json, dict)
    if name in ("infrastructure.tailscale", "system.http"):
        assert (entry_json["port"], entry_json["protocols"]) == entry
    else:
        thousand = entry[0] // 1000 * 1000
        assert thousand <= entry_json["port"] < thousand + 100
        assert entry_json["protocols"] == entry[1]


def test_what_it_is_told(root: str) -> None:
    done = run(
        *(root, "add", "development.rtp", "8000-8009", "--protocol", "both", "--internal"),
        *("--description", "calls\n  and more", "--host", "web1", "--address", "127.0.0.1"),
    )
    assert done.status == 0
    assert "note: the range of its category is 3000-3999, 6000-6999\n" in done.out
    assert _entries(root)["development.rtp"] == {
        "name": "development.rtp",
        "port": 8000,
        "port_end": 8009,
        "protocols": ["tcp", "udp"],
        "host": "web1",
        "address": "127.0.0.1",
        "category": "development",
        "service": "rtp",
        "protocol_source": "stated",
        "description": "calls and more",
        "internal": True,
        "same_as": "development.rtp",
        "path": "lib/ports.nix",
        "line": 8,
        "column": 15,
    }
    assert "ports.development.rtp.from" in done.out


def test_options_may_stand_anywhere(root: str) -> None:
    assert run(root, "add", "--protocol", "udp", "web.a", "--description", "x", "3100").status == 0
    assert "a = 3100; # udp: x" in read(root, "lib/ports.nix")


def test_a_port_that_is_taken(root: str) -> None:
    done = run(root, "add", "development.web", "3000")
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[0] == (
        "error: development.web cannot have 3000: it clashes with development.api = 3000 "
        "(lib/ports.nix:7)"
    )
    near = done.err.splitlines()[1].removeprefix(" hint: free and near: ").split(", ")
    assert len(near) == 3
    assert [int(port) for port in near] == sorted(int(port) for port in near)
    assert read(root, "lib/ports.nix") == _NIX
    assert run(root, "add", "development.web", "3000", "--protocol", "udp").status == 0


def test_two_hosts_may_have_one_port(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": '{ web.a = { port = 3000; host = "a"; }; }\n'})
    assert run(root, "add", "web.b", "3000", "--host", "a").status == 2
    assert run(root, "add", "web.b", "3000", "--host", "b").status == 0


def test_a_dry_run_writes_nothing(root: str) -> None:
    done = run(root, "add", "databases.mysql", "--dry-run")
    assert done.status == 0
    message = "Would add databases.mysql = 3306 (tcp) to lib/ports.nix:5: mysql's own port.\n"
    assert done.err == message
    assert "+    mysql = 3306;\n" in done.out
    assert done.out.startswith("--- a/lib/ports.nix\n+++ b/lib/ports.nix\n")
    assert read(root, "lib/ports.nix") == _NIX


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("databases.redis", "already exists: 6379", ""),
        ("databases.Redis", "differs from the entry `databases.redis`", ""),
        ("databases.re-dis", "differs from the entry `databases.redis`", ""),
        ("Databases.x", "differs from the category `databases`", "did you mean `databases.x`?"),
        ("databases.redis.x", "`databases.redis` is an entry", "`databases.redis-x`"),
        ("databases", "is a category", "choose a name in it"),
        ("mysql", "has no category", "add `databases.mysql`"),
        ("shop", "has no category", "add `services.shop`"),
        ("a..b", "invalid name", "`databases.redis`"),
        ("", "invalid name", "`databases.redis`"),
        ("web.7up", "`7up` is not a valid attribute name", "in quotes `'web.\"7up\"'`"),
        ("web.a b", "`a b` is not a valid attribute name", "write `web.a-b`"),
        ("web.in", "`in` is not a valid attribute name", "in quotes `'web.\"in\"'`"),
        ("web.é", "`é` is not a valid attribute name", "choose another name"),
        ('web."a${b}"', "is not a valid attribute name", ""),
        ('web."\x1b"', "is not a valid attribute name", ""),
        ("web.port", "would be the port of the entry `web`", "use the name `web`"),
        ("web.meta", "is reserved for", ""),
        ("web.timeout", "a quantity", "`web.timeout-port`"),
    ],
)
def test_names_that_cannot_be(root: str, name: str, error: str, hint: str) -> None:
    done = run(root, "add", name)
    assert (done.status, done.out) == (2, "")
    first, *rest = done.err.splitlines()
    assert error in first
    assert hint in "".join(rest)
    assert read(root, "lib/ports.nix") == _NIX


def test_names_in_quotes(root: str) -> None:
    assert run(root, "add", 'web."7up"').status == 0
    assert run(root, "get", 'web."7up"').out.strip().isdigit()


@pytest.mark.parametrize("port", ["0", "65536", "x", "-", "80-", "9-8", "1e3", "٣", "9" * 5000])
def test_ports_that_are_none(root: str, port: str) -> None:
    done = run(root, "add", "web.a", "--", port)
    assert (done.status, done.out) == (2, "")
    assert read(root, "lib/ports.nix") == _NIX


def test_without_a_terminal_nothing_is_asked(root: str) -> None:
    done = finish(start(root, "add"))
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: no name\n")


def test_a_full_range_names_its_neighbours(tmp_path: object) -> None:
    files = {
        "port-registry.toml": '[ranges]\ndatabases = "5002-5003"\nweb = "5004-5006"\n',
        "lib/ports.nix": "{ databases.a = 5002; databases.b = 5003; }\n",
    }
    root = write(tmp_path, files)
    done = run(root, "add", "databases.c")
    assert done.status == 2
    assert done.err.splitlines()[0] == (
        "error: lib/ports.nix: nothing is left of 5002-5003 for databases.c"
    )
    assert " hint: there is room in " in done.err
    assert "5004-5006 (web; " in done.err


def test_a_port_that_is_held_now(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        done = run(root, "add", "web.told", str(port))
        assert done.status == 0
        assert f"note: something listens on {port} on this machine now\n" in done.out
        config = f'[ranges]\nmine = "{port}-{port}"\n'
        write(root, {"port-registry.toml": config, "lib/ports.nix": _NIX})
        assert run(root, "add", "mine.a").status == 2


def test_an_own_port_that_is_held_now(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add_entry, "is_bound", lambda port, _protocols: port == 3306)
    done = run(root, "add", "databases.mysql")
    assert done.out.startswith("Added databases.mysql = 500")
    assert "`add databases.mysql 3306` takes it all the same" in done.out


@pytest.mark.parametrize(
    ("path", "text", "used"),
    [
        ("ports.toml", "[web]\na = 3000\n", "builtins.fromTOML (builtins.readFile ./ports.toml)"),
        ("lib/ports.json", '{"web": {"a": 3000}}\n', "(builtins.readFile ./lib/ports.json)"),
        (
            "lib/ports.nix",
            "{ lib }: { web.a = 3000; }\n",
            "import ./lib/ports.nix { inherit lib; }",
        ),
        ("lib/ports.nix", "lib: { web.a = 3000; }\n", "import ./lib/ports.nix lib"),
        ("ports.nix", "{ ports.web.a = 3000; }\n", "(import ./ports.nix).ports"),
        ("p q/ports.nix", "{ web.a = 3000; }\n", 'import (./. + "/p q/ports.nix")'),
        ("modules/ports.nix", "{ config.my.ports.web.a = 3000; }\n", "config.my.ports.web.b"),
    ],
)
def test_how_it_is_used(tmp_path: object, path: str, text: str, used: str) -> None:
    root = write(tmp_path, {path: text})
    done = run(root, "add", "web.b", "3100")
    assert (done.status, done.err) == (0, "")
    assert used in done.out
    assert f"# Port from {path}: web.b = 3100" in done.out


def test_what_is_printed_evaluates(root: str) -> None:
    nix = real.nix_instantiate()
    done = run(root, "add", "databases.mysql", "--host", "db")
    lines = done.out.splitlines()
    module = next(line for line in lines if "../lib/ports.nix" in line)
    write(root, {"modules/mysql.nix": module.replace("…", "")})
    flake = next(line for line in lines if "./lib/ports.nix" in line and line != module)
    write(root, {"used.nix": flake.replace("…", "")})
    for path, value in (("modules/mysql.nix", '{"port":3306}'), ("used.nix", '"--port 3306"')):
        command = [nix, "--eval", "--strict", "--json", path]
        echoed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        assert echoed.stdout.strip() == value


def test_values_that_cannot_be_known(tmp_path: object) -> None:
    root = write(tmp_path, {"ports.nix": "{ lib }: { web.a = lib.port; web.b = 3000; }\n"})
    done = run(root, "add", "web.c")
    assert done.status == 0
    assert "note: 1 of the registry's values cannot be known" in done.out


def test_bad_registries(tmp_path: object) -> None:
    missing = run(write(f"{tmp_path}/a", {"flake.nix": ""}), "add", "web.a")
    assert missing.status == 2
    assert "`port-registry init` creates one" in missing.err
    broken = run(write(f"{tmp_path}/b", {"ports.nix": "{ web.a = ;\n"}), "add", "web.b")
    assert broken.status == 2
    assert "ports.nix:1" in broken.err
    root = write(f"{tmp_path}/c", {"real/p.nix": "{ web.a = 3000; }\n", "lib/x": ""})
    os.symlink("../real/p.nix", f"{root}/lib/ports.nix")
    assert run(root, "add", "web.b", "3001").status == 0
    assert "3001" in read(root, "real/p.nix")
    assert os.path.islink(f"{root}/lib/ports.nix")


def _at_once(root: str, count: int) -> list[Done]:
    running = [start(root, "add", f"web.a{at}") for at in range(count)]
    return [finish(process) for process in running]


@pytest.mark.slow
def test_runs_at_once_give_different_ports(root: str) -> None:
    assert [done.status for done in _at_once(root, 8)] == [0] * 8
    ports = [entry["port"] for entry in _entries(root).values() if isinstance(entry, dict)]
    assert len(ports) == len(set(ports)) == 11
