import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir

import pytest

from port_registry.project import get_cache_read
from port_registry.project.get_cache_read import cached_names, cached_port
from tests.cli.command import Done, finish, run, start
from tests.project.made import write

_FILES = {
    "lib/ports.nix": "{\n  databases.redis = (import ./base.nix) + 379;\n  web = 3000;\n}\n",
    "lib/base.nix": "6000\n",
    ".git/HEAD": "",
    "sub/deep/notes.txt": "",
}


@pytest.fixture(autouse=True)
def _home(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", f"{tmp_path}/cache")
    return f"{tmp_path}/cache"


@pytest.fixture
def root(tmp_path: object) -> str:
    return write(f"{tmp_path}/root", _FILES)


def _get(folder: str, *arguments: str) -> Done:
    return run(folder, "get", *arguments, XDG_CACHE_HOME=os.environ["XDG_CACHE_HOME"])


def _anew(folder: str, name: str) -> Done:
    """Return what is answered where no record can be."""
    return run(folder, "get", name, XDG_CACHE_HOME="/dev/null/x")


def _known(folder: str, name: str) -> str | None:
    with chdir(folder):
        return cached_port(name)


def _record(folder: str) -> str:
    path = get_cache_read.record_path(os.path.realpath(folder))
    assert path is not None
    return path


def _spoil(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def test_the_number_alone(root: str) -> None:
    assert _get(root, "databases.redis") == (0, "6379\n", "")
    assert _known(root, "databases.redis") == "6379"
    assert _get(root, "databases.redis") == (0, "6379\n", "")
    assert _get(f"{root}/sub/deep", "web") == (0, "3000\n", "")


def test_ranges_and_quoted_names(tmp_path: object) -> None:
    text = '{ rtp = { from = 40000; to = 40100; }; "a b" = 5000; x."c.d" = 5001; }'
    root = write(tmp_path, {"ports.nix": text})
    for _ in range(2):
        assert _get(root, "rtp").out == "40000-40100\n"
        assert _get(root, '"a b"').out == "5000\n"
        assert _get(root, 'x."c.d"').out == "5001\n"
        assert _get(root, "x.c.d").status == 2


def test_names(root: str) -> None:
    assert _get(root, "--names") == (0, "databases.redis\nweb\n", "")
    with chdir(root):
        assert cached_names() == "databases.redis\nweb"
    assert _get(root, "--names") == (0, "databases.redis\nweb\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("databases.rediss",), "did you mean `databases.redis`?"),
        (("nothing.like.it",), "`port-registry list` shows"),
        (("databases..redis",), "there is no entry `databases..redis` in lib/ports.nix"),
        ((), "no name"),
        (("web", "--registry", "none.nix"), "there is no file or folder `none.nix`"),
    ],
)
def test_what_is_not_there(root: str, arguments: tuple[str, ...], message: str) -> None:
    for _ in range(2):
        done = _get(root, *arguments)
        assert (done.status, done.out) == (2, "")
        assert message in done.err


def test_options_are_heeded(root: str) -> None:
    write(root, {"other.toml": "web = 4000\n"})
    assert _get(root, "web").out == "3000\n"
    assert _get(root, "web", "--registry", "other.toml").out == "4000\n"
    assert _get(root, "--registry=other.toml", "web").out == "4000\n"
    assert _get(root, "web").out == "3000\n"


def _link(path: str, to: str) -> None:
    """Put what is at `path` elsewhere, and a link in its place."""
    os.rename(path, to)
    os.symlink(to, path)


_CHANGES: dict[str, Callable[[str], object]] = {
    "another number of the same length": lambda root: write(
        root, {"lib/ports.nix": _FILES["lib/ports.nix"].replace("379", "380")}
    ),
    "what is imported": lambda root: write(root, {"lib/base.nix": "7000\n"}),
    "what is imported is gone": lambda root: os.unlink(f"{root}/lib/base.nix"),
    "the registry is gone": lambda root: os.unlink(f"{root}/lib/ports.nix"),
    "a byte more": lambda root: write(
        root, {"lib/ports.nix": _FILES["lib/ports.nix"].replace("379", "3790")}
    ),
    "a configuration": lambda root: write(
        root, {"port-registry.toml": 'registry = "b.nix"\n', "b.nix": "{ databases.redis = 1; }"}
    ),
    "a configuration of the folder": lambda root: write(
        root, {"lib/port-registry.toml": "", "x/ports.nix": "{ databases.redis = 2; }"}
    ),
    "a broken configuration": lambda root: write(root, {"port-registry.toml": "nope = 1\n"}),
    "a configuration that is a folder": lambda root: os.mkdir(f"{root}/port-registry.toml"),
    "a configuration that is a dead link": lambda root: os.symlink(
        "nowhere", f"{root}/port-registry.toml"
    ),
    "what git leaves out": lambda root: write(
        root, {".gitignore": "lib/\n", "nix/ports.nix": "{ databases.redis = 3; }"}
    ),
    "what git leaves out here": lambda root: write(
        root, {"lib/.gitignore": "*\n", "ports.nix": "{ databases.redis = 4; }"}
    ),
    "what git leaves out for me": lambda root: write(
        root, {".git/info/exclude": "lib\n", "ports.nix": "{ databases.redis = 4; }"}
    ),
    "a link in place of the file": lambda root: _link(f"{root}/lib/base.nix", f"{root}/base"),
    "a link in place of the folder": lambda root: _link(f"{root}/lib", f"{root}/../lib"),
}


@pytest.mark.parametrize("change", _CHANGES)
def test_a_change_is_seen_at_once(root: str, change: str) -> None:
    assert _get(root, "databases.redis").out == "6379\n"
    assert _known(root, "databases.redis") == "6379"
    times = {path: os.stat(f"{root}/{path}").st_mtime_ns for path in _FILES}
    _CHANGES[change](root)
    for path, time in times.items():
        if os.path.exists(f"{root}/{path}"):
            os.utime(f"{root}/{path}", ns=(time, time))
    assert _get(root, "databases.redis") == _anew(root, "databases.redis")


def test_a_better_registry_is_seen_at_once(tmp_path: object) -> None:
    root = write(tmp_path, {"modules/ports.nix": "{ web = 1; }"})
    for at, path in enumerate(("nix/ports.nix", "ports.nix", "lib/ports.nix"), 2):
        assert _get(root, "web").out == f"{at - 1}\n"
        assert _known(root, "web") == str(at - 1)
        write(root, {path: f"{{ web = {at}; }}"})
        assert _get(root, "web").out == f"{at}\n"


@pytest.mark.parametrize("marker", [".git/HEAD", "flake.nix", "port-registry.toml"])
def test_another_project_around_the_folder_is_seen_at_once(root: str, marker: str) -> None:
    assert _get(f"{root}/sub", "web").out == "3000\n"
    assert _known(f"{root}/sub", "web") == "3000"
    write(root, {f"sub/{marker}": "", "sub/ports.nix": "{ web = 5; }"})
    assert _get(f"{root}/sub", "web").out == "5\n"
    assert _known(f"{root}/sub", "web") == "5"


def test_a_file_that_git_no_longer_leaves_out(tmp_path: object) -> None:
    files = {
        ".git/HEAD": "",
        ".gitignore": "/lib/ports.nix\n",
        "lib/ports.nix": "{ web = 1; }",
        "ports.nix": "{ web = 2; }",
    }
    root = write(tmp_path, files)
    assert _get(root, "web").out == "2\n"
    write(root, {".gitignore": ""})
    assert _get(root, "web").out == "1\n"


@pytest.mark.parametrize(
    "files",
    [
        {"deep/er/ports.nix": "{ web = 1; }"},
        {"lib/ports.toml": "web = 1\n"},
    ],
)
def test_what_cannot_be_sure_is_not_kept(tmp_path: object, files: dict[str, str]) -> None:
    root = write(tmp_path, {**files, "flake.nix": ""})
    assert _get(root, "web").out == "1\n"
    assert _known(root, "web") is None
    write(root, {"modules/any/ports.nix": "{ web = 2; }"})
    assert _get(root, "web").out == "2\n"


def test_a_registry_that_is_named_is_kept_wherever_it_is(tmp_path: object) -> None:
    files = {"port-registry.toml": 'registry = "etc/p.toml"\n', "etc/p.toml": "web = 1\n"}
    root = write(tmp_path, files)
    assert _get(root, "web").out == "1\n"
    assert _known(root, "web") == "1"


def test_a_record_that_was_damaged_is_passed_over(root: str) -> None:
    assert _get(root, "web").out == "3000\n"
    path = _record(root)
    with open(path, "rb") as file:
        whole = file.read()
    for at in range(0, len(whole), 97):
        _spoil(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert _known(root, "web") is None
    for at in (0, 5, 60, len(whole) // 2, len(whole) - 1):
        _spoil(path, whole[:at])
        assert _known(root, "web") is None
    _spoil(path, whole + b"\0")
    assert _known(root, "web") is None
    assert _get(root, "web") == (0, "3000\n", "")
    assert _known(root, "web") == "3000"


def test_a_record_that_is_no_file_of_ones_own(root: str) -> None:
    assert _get(root, "web").out == "3000\n"
    path = _record(root)
    os.rename(path, f"{path}.real")
    os.symlink(f"{path}.real", path)
    assert _known(root, "web") is None
    os.unlink(path)
    os.mkfifo(path)
    assert _known(root, "web") is None
    os.unlink(path)
    os.mkdir(path)
    assert _known(root, "web") is None
    assert _get(root, "web") == (0, "3000\n", "")
    os.rmdir(path)
    os.rename(f"{path}.real", path)
    assert _known(root, "web") == "3000"
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
        assert _known(root, "web") is None


def test_a_record_of_another_folder_or_program(
    root: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _get(root, "web").out == "3000\n"
    other = write(f"{tmp_path}/other", {**_FILES, "lib/ports.nix": "{ web = 9; }"})
    os.rename(_record(root), _record(other))
    assert _known(other, "web") is None
    assert _get(root, "web").out == "3000\n"
    monkeypatch.setattr(get_cache_read, "__version__", "0.0.0")
    assert _known(root, "web") is None


def test_another_state_of_the_program_begins_anew(
    root: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = f"{tmp_path}/copy.py"
    with open(get_cache_read.__file__, "rb") as source:
        _spoil(copy, source.read())
    monkeypatch.setattr(get_cache_read, "__file__", copy)
    assert _get(root, "web").out == "3000\n"
    assert _known(root, "web") == "3000"
    os.utime(copy, ns=(1, 1))
    assert _known(root, "web") is None


def test_without_a_place_for_records(root: str) -> None:
    for place in ("/dev/null/x", "relative"):
        done = run(root, "get", "web", XDG_CACHE_HOME=place, HOME="/dev/null")
        assert done == (0, "3000\n", "")


def test_a_folder_that_was_deleted(tmp_path: object) -> None:
    os.mkdir(f"{tmp_path}/gone")
    done = subprocess.run(
        ["sh", "-c", f"rmdir ../gone && exec {sys.executable} -m port_registry get web"],
        cwd=f"{tmp_path}/gone",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "the current directory does not exist any more" in done.stderr


def test_many_at_once(root: str) -> None:
    cache = os.environ["XDG_CACHE_HOME"]
    running = [start(root, "get", "web", XDG_CACHE_HOME=cache) for _ in range(8)]
    assert [finish(process) for process in running] == [(0, "3000\n", "")] * 8
    left = os.listdir(f"{cache}/port-registry")
    assert len([name for name in left if name.startswith("get-")]) == 1


@pytest.fixture
def modules(root: str) -> list[str]:
    assert finish(start(root, "get", "web", XDG_CACHE_HOME=os.environ["XDG_CACHE_HOME"])).out
    code = (
        "import sys; before = set(sys.modules); from port_registry.cli.main import main; "
        "main(['get', 'web']); print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "3000\n"
    return done.stderr.split()


def test_a_known_answer_imports_next_to_nothing(modules: list[str]) -> None:
    assert modules == [
        "port_registry",
        "port_registry.cli",
        "port_registry.cli.main",
        "port_registry.project",
        "port_registry.project.cache_dir",
        "port_registry.project.get_cache_read",
    ]
