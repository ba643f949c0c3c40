"""`port-registry rename`, as it is typed."""

from tests.cli.command import run
from tests.project.made import read, write

_FILES = {
    "lib/ports.nix": "{\n  databases.redis = 6379;\n  storage.minio = 9000;\n}\n",
    "modules/x.nix": "{ x.port = (import ../lib/ports.nix).databases.redis; }\n",
    "modules/y.nix": "{ y.port = (import ../lib/ports.nix).databases.redis; }\n",
}


def test_an_entry_is_renamed_with_its_uses(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    done = run(root, "rename", "databases.redis", "databases.redisMain")
    assert done.status == 0
    assert done.out == (
        "Renamed databases.redis to databases.redisMain, with 2 places that use it:"
        " modules/x.nix, modules/y.nix, lib/ports.nix.\n"
    )
    for path, text in _FILES.items():
        assert read(root, path) == text.replace("databases.redis", "databases.redisMain")


def test_paths_are_shown_as_seen_from_where_one_stands(tmp_path: object) -> None:
    root = write(tmp_path, {**_FILES, "port-registry.toml": ""})
    done = run(f"{root}/modules", "rename", "databases.redis", "databases.cache")
    assert done.out.endswith(" x.nix, y.nix, ../lib/ports.nix.\n")
    assert done.err.startswith("note: ../lib/ports.nix:2:21: databases.cache = 6379 is ")


def test_a_dry_run_shows_all_of_it_and_writes_nothing(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    done = run(root, "rename", "databases.redis", "databases.redisMain", "--dry-run")
    assert done.status == 0
    assert done.out.count("\n+++ b/") == 3
    assert "+{ y.port = (import ../lib/ports.nix).databases.redisMain; }\n" in done.out
    assert done.err.startswith("Would rename databases.redis to databases.redisMain, with 2 ")
    assert {path: read(root, path) for path in _FILES} == _FILES


def test_a_use_that_cannot_be_renamed_stops_it_with_its_place(tmp_path: object) -> None:
    computed = "{ name, ... }: { x = (import ../lib/ports.nix).databases.${name}; }\n"
    root = write(tmp_path, {**_FILES, "modules/z.nix": computed})
    done = run(root, "rename", "databases.redis", "databases.redisMain")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: modules/z.nix:1:22: an attribute is computed here, which may be that of"
        " databases.redis; nothing was changed\n"
        " hint: write the entries' names out there, or change all of it by hand\n"
    )
    assert {path: read(root, path) for path in _FILES} == _FILES


def test_names_that_are_none(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    assert "invalid name `a..b`" in run(root, "rename", "a..b", "a.c").err
    assert "`let` is not a valid attribute name" in run(root, "rename", "a.b", "a.let").err
    none = run(root, "rename", "databases.rediss", "a.b").err
    assert none == (
        "error: there is no entry `databases.rediss` in lib/ports.nix\n"
        " hint: did you mean `databases.redis`?\n"
    )
    error = run(root, "rename", "databases.redis", "storage.minio").err
    assert error.startswith("error: lib/ports.nix:3:11: `storage.minio` already exists: 9000\n")


def test_the_same_name_again(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    done = run(root, "rename", "databases.redis", "databases.redis")
    assert (done.status, done.out) == (0, "Nothing to change: already up to date.\n")
