"""`port-registry remove`, as it is typed."""

from tests.cli.command import run
from tests.project.made import read, write

_REGISTRY = "{\n  databases = {\n    redis = 6379;\n    postgresql = 5432;\n  };\n}\n"

_MODULE = "{ x.port = (import ../lib/ports.nix).databases.redis; }\n"


def test_an_entry_that_nothing_uses_is_removed(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": _MODULE})
    done = run(root, "remove", "databases.postgresql")
    assert (done.status, done.err) == (0, "")
    assert done.out == "Removed databases.postgresql: lib/ports.nix.\n"
    assert read(root, "lib/ports.nix") == _REGISTRY.replace("    postgresql = 5432;\n", "")


def test_an_entry_that_is_used_stays_unless_it_is_forced(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": _MODULE})
    refused = run(root, "remove", "databases.redis")
    assert refused.status == 2
    assert refused.err == (
        "error: 1 place uses databases.redis: modules/x.nix:1:12; nothing was removed\n"
        " hint: change it first; `--force` removes the entry all the same\n"
    )
    assert read(root, "lib/ports.nix") == _REGISTRY
    done = run(root, "remove", "databases.redis", "--force")
    assert done.out == "Removed databases.redis: lib/ports.nix.\n"
    assert done.err == "note: modules/x.nix:1:12: this reference is left\n"
    assert read(root, "modules/x.nix") == _MODULE


def test_a_dry_run_removes_nothing(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    done = run(root, "remove", "databases.redis", "--dry-run")
    assert "\n-    redis = 6379;\n" in done.out
    assert done.err == "Would remove databases.redis: lib/ports.nix.\n"
    assert read(root, "lib/ports.nix") == _REGISTRY
