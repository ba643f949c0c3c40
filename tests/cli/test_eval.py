from tests import real
from tests.cli.command import run
from tests.project.made import read, write

_PORTS = """\
{
  databases.redis = 6380;
  web.any = 3000 + builtins.length (builtins.attrNames (builtins.readDir ./.));
}
"""
_STACK = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
"""


def test_nix_is_asked_only_if_it_is_allowed(tmp_path: object) -> None:
    real.nix_instantiate()
    root = write(tmp_path, {"lib/ports.nix": _PORTS})
    assert run(root, "list").out.split("\n\n")[0].splitlines()[1:] == ["databases.redis  6380  tcp"]
    assert "unknown: lib/ports.nix:3:57: `web.any` " in run(root, "list").err
    assert run(root, "list", "--eval").out.split("\n\n")[0].splitlines()[1:] == [
        "databases.redis  6380  tcp",
        "web.any          3001  tcp",
    ]
    assert ", 1 unknown;" in run(root, "check").out
    assert "unknown" not in run(root, "check", "--eval").out


def test_what_nix_said_is_known_after_a_fix(tmp_path: object) -> None:
    real.nix_instantiate()
    root = write(tmp_path, {"lib/ports.nix": _PORTS, "process-compose.yaml": _STACK})
    done = run(root, "check", "--eval", "--fix")
    assert (done.status, done.out) == (0, "No findings (2 entries in lib/ports.nix, 1 stack).\n")
    assert read(root, "process-compose.yaml") == _STACK.replace("6379", "6380")


def test_without_nix_the_option_fails(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PORTS})
    done = run(root, "check", "--eval", PATH=str(tmp_path))
    assert done.status == 2
    assert "nix-instantiate" in done.err


def test_every_name_that_cannot_be_known_is_told(tmp_path: object) -> None:
    text = "{ pkgs, ... }: let made = pkgs.allocate 3000; in { a = made.a; b = made.b; }"
    done = run(write(tmp_path, {"lib/ports.nix": text}), "check")
    assert [name for name in ("`a`", "`b`") if name in done.out] == ["`a`", "`b`"]
