"""`init`: proposes, writes only when told to, and never over anything."""

import os
import pty
import select
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.command import finish, run, start
from tests.project.made import forbidden, read, write
from tests.sizes import size

_STACK = """processes:
  redis:
    command: redis-server --port 6380
  api:
    command: run
    environment:
      PORT: "3000"
"""


def _project(root: Path) -> str:
    return write(root, {"process-compose.yaml": _STACK})


def test_without_yes_nothing_is_written(tmp_path: Path) -> None:
    root = _project(tmp_path)
    done = run(root, "init")
    assert done.status == 0
    assert done.out.endswith(
        "{\n  databases = {\n    redis = 6380;\n  };\n\n"
        "  development = {\n    api = 3000;\n  };\n}\n"
    )
    assert done.err == (
        "Read 1 stack.\n"
        " hint: nothing was written; `port-registry init --yes` writes lib/ports.nix\n"
    )
    assert run(root, "init", "--dry-run", "--yes") == done
    assert os.listdir(root) == ["process-compose.yaml"]


def test_with_yes_what_was_proposed_is_written_and_checks_clean(tmp_path: Path) -> None:
    root = _project(tmp_path)
    proposed = run(root, "init").out
    done = run(root, "init", "--yes")
    assert (done.status, done.err) == (0, "Read 1 stack.\n")
    assert done.out.startswith("Wrote lib/ports.nix with 2 entries.\n")
    assert read(root, "lib/ports.nix") == proposed
    checked = run(root, "check", "--select", "all", "--ignore", "hardcoded-port")
    assert checked.status == 0, checked.out
    assert run(root, "check", "--fix").status == 0
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


def test_a_second_registry_is_refused(tmp_path: Path) -> None:
    root = write(_project(tmp_path), {"ports.nix": "{ web.api = 3000; }\n"})
    done = run(root, "init", "--yes")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: there is a registry already: `ports.nix`\n")
    assert not os.path.exists(f"{root}/lib")


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({"lib/ports.nix": "{ a = "}, (), "error: lib/ports.nix:1"),
        ({"lib/ports.nix": '{ name = "x"; }'}, (), "`lib/ports.nix` is there already"),
        ({"lib": "a file"}, (), "its folder cannot be made"),
        ({}, ("--registry", "../ports.nix"), "lies outside the project"),
        ({}, ("--registry", "ports.toml"), "`ports.toml` is not a Nix file"),
        ({}, ("--registry", "process-compose.nix/x.nix"), ""),
        ({"port-registry.toml": 'registry = "ports.json"'}, (), "`ports.json` is not a Nix file"),
    ],
)
def test_where_it_cannot_go_it_says_so(
    tmp_path: Path, files: dict[str, str], arguments: tuple[str, ...], message: str
) -> None:
    root = write(_project(tmp_path), files)
    done = run(root, "init", "--yes", *arguments)
    assert done.status == (2 if message else 0)
    assert message in done.err
    for path, text in files.items():
        assert read(root, path) == text


@pytest.mark.parametrize(
    ("config", "arguments"),
    [("", ("--registry", "nix/ports.nix")), ('registry = "nix/ports.nix"\n', ())],
)
def test_another_place_can_be_named(tmp_path: Path, config: str, arguments: tuple[str]) -> None:
    root = write(_project(tmp_path), {"port-registry.toml": config})
    assert run(root, "init", "--yes", *arguments).status == 0
    assert os.listdir(f"{root}/nix") == ["ports.nix"]
    assert run(root, "list").status == 0


def test_a_folder_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    root = _project(tmp_path / "project")
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", f"{root}/lib")
    done = run(root, "init", "--yes")
    assert done.status == 2
    assert "its folder lies outside the project" in done.err
    assert os.listdir(tmp_path / "elsewhere") == []


def test_in_an_empty_folder_it_writes_a_set_that_can_grow(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "--yes")
    assert done.err + done.out == (
        "Found no file that could name a port.\n"
        "Wrote lib/ports.nix, without entries: nothing here names a port yet.\n"
    )
    assert run(tmp_path, "add", "web.api", "3000").status == 0
    assert read(tmp_path, "lib/ports.nix").endswith("{\n  web = {\n    api = 3000;\n  };\n}\n")


@pytest.mark.slow
def test_of_many_at_once_one_writes(tmp_path: Path) -> None:
    root = _project(tmp_path)
    running = [start(root, "init", "--yes") for _ in range(6)]
    statuses = sorted(finish(process).status for process in running)
    assert statuses == [0, 2, 2, 2, 2, 2]
    assert "redis = 6380;" in read(root, "lib/ports.nix")
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


def test_files_that_may_not_be_read_are_told() -> None:
    with forbidden({"compose.yaml": "services: {}", "lib/.keep": ""}, "compose.yaml") as root:
        done = run(root, "init")
    assert done.status == 0
    assert done.err.count("note: compose.yaml:1: cannot be read: permission denied\n") == 1


@pytest.mark.parametrize(("typed", "is_written"), [(b"\n", True), (b"y\n", True), (b"n\n", False)])
def test_at_a_terminal_it_asks(tmp_path: Path, typed: bytes, is_written: bool) -> None:
    root = _project(tmp_path)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(root)
        os.execv(sys.executable, [sys.executable, "-m", "port_registry", "init"])
    os.write(terminal, typed)
    shown = b""
    while select.select([terminal], [], [], 30)[0]:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        shown += piece
        if not piece:
            break
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert status == 0
    assert b"Write lib/ports.nix? [yes]: " in shown
    assert b"api = 3000;" in shown
    assert os.path.exists(f"{root}/lib/ports.nix") is is_written


@settings(max_examples=size(12, 60), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([".env", "compose.yaml", "process-compose.yaml", "a.nix", "lib/x.nix"]),
        st.binary(max_size=60)
        | st.sampled_from(
            [
                b"processes: {a: {command: x --port 3000}}",
                b"services: {a: {ports: ['3000:1', '${X}:2']}}",
                b"{ services.a.port = 3000; networking.firewall.allowedTCPPorts = [ 1 ]; }",
                b"A_PORT=3000\nB_URL=http://localhost:3000\n\xff",
                b"{" * 5000,
            ]
        ),
    )
)
def test_any_files_end_as_promised(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as root:
        for path, data in files.items():
            os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
            with open(f"{root}/{path}", "wb") as file:
                file.write(data)
        done = run(root, "init", "--yes")
        assert done.status == 0, done.err
        listed = run(root, "check", "--select", "duplicate-port,duplicate-name,invalid-port")
        assert listed.status == 0, listed.out + listed.err
