"""An entry's port changed with the numbers tied to it, and an entry removed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from port_registry.changes.change_entry import (
    EntryUpdate,
    UsedError,
    remove_entry,
    rename_entry,
    update_entry,
)
from port_registry.changes.registry_transaction import open_registry
from port_registry.changes.verify_change import BlockedUseError
from port_registry.model import Protocol, RegistryError, WriteError
from port_registry.project.port_arguments import parse_ports
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request
from tests.project.made import read, write

_REGISTRY = """\
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
}
"""

_STACK = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    readiness_probe:
      exec:
        command: redis-cli -p 6379 ping
  api:
    command: bun run api ${REDIS_URL}
    # Port from lib/ports.nix: databases.redis
    environment:
      - A=redis://localhost:6379/0
"""

_ENV = "REDIS_URL=redis://localhost:6379/0\nTIMEOUT=6379\n"


def _set(root: str, name: str, setting: EntryUpdate) -> tuple[str, ...]:
    with open_registry(Request(root)) as registry:
        made = update_entry(registry, tuple(name.split(".")), setting, NoProgress())
        registry.write(made.rewrites)
    return tuple(f"{one.path}:{one.position.line}: {one.message}" for one in made.notes)


def _set_port(root: str, name: str, port: str) -> tuple[str, ...]:
    return _set(root, name, EntryUpdate(parse_ports(port)))


def test_every_number_that_is_tied_to_an_entry_changes_with_it(tmp_path: object) -> None:
    files = {"lib/ports.nix": _REGISTRY, "process-compose.yaml": _STACK, ".env": _ENV}
    root = write(tmp_path, files)
    _set_port(root, "databases.redis", "6380")
    assert read(root, "lib/ports.nix") == _REGISTRY.replace("6379", "6380")
    assert read(root, "process-compose.yaml") == _STACK.replace("6379", "6380")
    assert read(root, ".env") == _ENV.replace(":6379", ":6380")


def test_what_nothing_ties_to_it_stays_and_is_told(tmp_path: object) -> None:
    stack = "processes:\n  worker:\n    command: worker --redis-port 6379\n"
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "process-compose.yaml": stack})
    told = _set_port(root, "databases.redis", "6380")
    what = "nothing ties this number to databases.redis for sure; it stays"
    assert f"process-compose.yaml:3: {what}" in told
    assert read(root, "process-compose.yaml") == stack


def test_numbers_in_nix_that_surely_are_the_entry_s_change_with_it(tmp_path: object) -> None:
    module = """\
{
  services.redis.servers.main.port = 6379;
  # Port from lib/ports.nix: databases.redis = 6379
  services.x.url = "redis://localhost:6379/0";
  services.y.port = (import ../lib/ports.nix).databases.redis or 6379;
  services.z.timeout = 6379;
}
"""
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": module})
    _set_port(root, "databases.redis", "6380")
    wanted = module.replace("6379", "6380").replace("timeout = 6380", "timeout = 6379")
    assert read(root, "modules/x.nix") == wanted


def test_a_number_that_is_put_together_stops_everything(tmp_path: object) -> None:
    env = "HIGH=63\nREDIS_PORT=${HIGH}79\n"
    stack = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port ${REDIS_PORT}
"""
    files = {"lib/ports.nix": _REGISTRY, "process-compose.yaml": stack, ".env": env}
    root = write(tmp_path, files)
    with pytest.raises(
        BlockedUseError, match=r"6379 is tied to databases\.redis and is not written here"
    ):
        _set_port(root, "databases.redis", "6380")
    for path, text in files.items():
        assert read(root, path) == text


def test_a_range_is_moved_with_its_numbers(tmp_path: object) -> None:
    stack = """\
processes:
  rtp:
    # Port from lib/ports.nix: media.rtp
    command: rtp --port 10002
"""
    registry = "{ media.rtp = { from = 10000; to = 10009; }; }"
    root = write(tmp_path, {"lib/ports.nix": registry, "process-compose.yaml": stack})
    _set_port(root, "media.rtp", "11000-11009")
    assert read(root, "lib/ports.nix") == registry.replace("100", "110")
    assert read(root, "process-compose.yaml") == stack.replace("10002", "11002")
    with pytest.raises(
        BlockedUseError, match=r"11002 is of media\.rtp, and nothing in 12000-12001"
    ):
        _set_port(root, "media.rtp", "12000-12001")


def test_a_port_that_is_taken_is_refused(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    with pytest.raises(RegistryError, match=r"clashes with databases\.postgresql = 5432") as caught:
        _set_port(root, "databases.redis", "5432")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("free and near: 543")
    assert read(root, "lib/ports.nix") == _REGISTRY


def test_everything_at_once(tmp_path: object) -> None:
    files = {"lib/ports.nix": _REGISTRY, "process-compose.yaml": _STACK}
    root = write(tmp_path, files)
    both = (Protocol.TCP, Protocol.UDP)
    _set(root, "databases.redis", EntryUpdate(parse_ports("6380"), both, "the cache"))
    assert "    redis = 6380; # tcp/udp: the cache\n" in read(root, "lib/ports.nix")
    assert read(root, "process-compose.yaml") == _STACK.replace("6379", "6380")


def test_what_is_so_already_changes_nothing(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "process-compose.yaml": _STACK})
    with open_registry(Request(root)) as registry:
        made = update_entry(
            registry, ("databases", "redis"), EntryUpdate(parse_ports("6379")), NoProgress()
        )
    assert made.rewrites == ()


def test_a_host_s_own_entry_keeps_its_port(tmp_path: object) -> None:
    own = "{ databases.redis = 6400; }"
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "hosts/web/ports.nix": own})
    told = _set_port(root, "databases.redis", "6380")
    assert read(root, "hosts/web/ports.nix") == own
    assert (
        told[0]
        == "hosts/web/ports.nix:1: hosts/web/ports.nix has its own databases.redis, which stays"
    )


def test_an_entry_of_one_host_alone_is_changed_there(tmp_path: object) -> None:
    own = "{ games.minecraft = 25565; }"
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "hosts/web/ports.nix": own})
    _set_port(root, "games.minecraft", "25566")
    assert read(root, "hosts/web/ports.nix") == own.replace("25565", "25566")
    with pytest.raises(RegistryError, match=r"clashes with databases\.redis = 6379"):
        _set_port(root, "games.minecraft", "6379")
    write(root, {"hosts/db/ports.nix": own})
    with pytest.raises(RegistryError, match=r"2 hosts have a games\.minecraft of their own"):
        _set_port(root, "games.minecraft", "25567")


def test_an_entry_that_something_uses_is_not_removed(tmp_path: object) -> None:
    module = "{ x = (import ../lib/ports.nix).databases.redis; }"
    files = {"lib/ports.nix": _REGISTRY, "process-compose.yaml": _STACK, "modules/x.nix": module}
    root = write(tmp_path, files)
    name = ("databases", "redis")
    wanted = (
        r"^6 places use databases\.redis: modules/x\.nix:1:7, process-compose\.yaml:3:32,"
        r" process-compose\.yaml:4:34, process-compose\.yaml:7:31 and 2 more;"
    )
    with open_registry(Request(root)) as registry:
        with pytest.raises(UsedError, match=wanted):
            remove_entry(registry, name, NoProgress())
        made = remove_entry(registry, name, NoProgress(), is_forced=True)
        registry.write(made.rewrites)
    assert len(made.notes) == 6
    assert "redis" not in read(root, "lib/ports.nix")
    assert (read(root, "process-compose.yaml"), read(root, "modules/x.nix")) == (_STACK, module)


@pytest.mark.parametrize(
    ("module", "place"),
    [
        ("name: { x = (import ../lib/ports.nix).databases.${name}; }", "1:13"),
        ("let p = import ../lib/ports.nix; in { x = p ? databases.redis; }", "1:43"),
    ],
)
def test_what_may_need_an_entry_keeps_it(tmp_path: object, module: str, place: str) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": module})
    refused = pytest.raises(UsedError, match=rf"^1 place uses .*: modules/x\.nix:{place};")
    with open_registry(Request(root)) as registry, refused:
        remove_entry(registry, ("databases", "redis"), NoProgress())


def test_what_goes_through_all_entries_does_not_keep_one(tmp_path: object) -> None:
    module = "let p = import ../lib/ports.nix; in map (n: p.${n}) (builtins.attrNames p)"
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": module})
    with open_registry(Request(root)) as registry:
        assert remove_entry(registry, ("databases", "redis"), NoProgress()).rewrites


def test_an_option_that_a_module_sets_stays(tmp_path: object) -> None:
    options = """\
{ lib, ... }:
{
  options.my.ports = {
    redis = lib.mkOption { type = lib.types.port; default = 6379; };
    web = lib.mkOption { type = lib.types.port; default = 8000; };
  };
}
"""
    host = "{ my.ports.redis = 6380; }"
    root = write(tmp_path, {"lib/ports.nix": options, "modules/host.nix": host})
    refused = pytest.raises(UsedError, match=r"^1 place uses redis: modules/host\.nix:1:3;")
    with open_registry(Request(root)) as registry, refused:
        remove_entry(registry, ("redis",), NoProgress())


def test_an_entry_that_nothing_uses_is_removed_everywhere(tmp_path: object) -> None:
    own = "{\n  databases.redis = 6400;\n  a.b = 1;\n}\n"
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "hosts/web/ports.nix": own})
    with open_registry(Request(root)) as registry:
        made = remove_entry(registry, ("databases", "redis"), NoProgress())
        registry.write(made.rewrites)
    assert read(root, "lib/ports.nix") == _REGISTRY.replace("    redis = 6379;\n", "")
    assert read(root, "hosts/web/ports.nix") == own.replace("  databases.redis = 6400;\n", "")


_FILES = {
    "lib/ports.nix": _REGISTRY,
    "a/process-compose.yaml": _STACK,
    "b/process-compose.yaml": _STACK,
    "c/x.nix": "{ x = (import ../lib/ports.nix).databases.redis; }",
}


def _named(texts: dict[str, str], name: str) -> dict[str, str]:
    return {
        path: text.replace("databases.redis", f"databases.{name}").replace("redis =", f"{name} =")
        for path, text in texts.items()
    }


def _texts(root: str) -> dict[str, str]:
    return {path: read(root, path) for path in _FILES}


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    with open_registry(Request(root)) as registry:
        made = rename_entry(
            registry, ("databases", "redis"), ("databases", "redisMain"), NoProgress()
        )
        write(root, {"b/process-compose.yaml": _STACK + "# edited\n"})
        with pytest.raises(WriteError, match=r"^b/process-compose\.yaml: has changed"):
            registry.write(made.rewrites)
        write(root, {"b/process-compose.yaml": _STACK})
        os.unlink(f"{root}/c/x.nix")
        with pytest.raises(WriteError, match=r"^c/x\.nix: cannot be written"):
            registry.write(made.rewrites)
        write(root, {"c/x.nix": _FILES["c/x.nix"]})
        assert _texts(root) == _FILES
        registry.write(made.rewrites)
    assert _texts(root) == _named(_FILES, "redisMain")


def test_what_was_replaced_is_put_back_when_a_later_file_cannot_be(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, _FILES)
    replace = os.replace
    failing = [os.path.realpath(f"{root}/c/x.nix")]

    def fails_once(source: str, target: str) -> None:
        if target in failing:
            failing.clear()
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails_once)
    with open_registry(Request(root)) as registry:
        made = rename_entry(
            registry, ("databases", "redis"), ("databases", "redisMain"), NoProgress()
        )
        with pytest.raises(WriteError, match=r"^c/x\.nix: cannot be written: no space left"):
            registry.write(made.rewrites)
    assert _texts(root) == _FILES


_RENAMER = [sys.executable, "-m", "port_registry", "rename", "databases.redis"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kill_leaves_whole_files_and_the_command_can_be_run_again(
    tmp_path: object, number: int
) -> None:
    after = _named(_FILES, "redisMain")
    root = write(tmp_path, _FILES)
    started = time.monotonic()
    subprocess.run([*_RENAMER, "databases.redisMain", "--dry-run"], cwd=root, check=True)
    whole = time.monotonic() - started
    for part in (0.5, 0.8, 0.9, 0.97, 1.03):
        write(root, _FILES)
        with subprocess.Popen(
            [*_RENAMER, "databases.redisMain"],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            time.sleep(whole * part)
            run.send_signal(number)
        now = _texts(root)
        assert all(text in (_FILES[path], after[path]) for path, text in now.items())
        if number != signal.SIGKILL:
            assert now in (_FILES, after)
        if now["lib/ports.nix"] == _REGISTRY:
            subprocess.run([*_RENAMER, "databases.redisMain"], cwd=root, check=True)
        assert _texts(root) == after
