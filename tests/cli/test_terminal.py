"""The command on a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from tests.cli.pseudo_terminal import read_to_end
from tests.project.made import read, write


def _on_terminal(
    folder: str, columns: int, *arguments: str, typed: str = "", **environment: str
) -> str:
    """Return what the command shows on a terminal of that many columns, where `typed` is typed."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    inherited = {
        name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")
    }
    with subprocess.Popen(
        [sys.executable, "-m", "port_registry", *arguments],
        cwd=folder,
        env={**inherited, "TERM": "xterm", **environment},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        os.write(leader, typed.encode())
        shown = read_to_end(leader, process)
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


_FILES = {"lib/ports.toml": "[databases]\none = 5555\nother = 5555\n"}


def test_colours_and_width(tmp_path: object) -> None:
    root = write(tmp_path, _FILES)
    shown = _on_terminal(root, 60, "check")
    assert "\x1b[1;31merror[duplicate-port]\x1b[0m" in shown
    plain = _on_terminal(root, 60, "check", NO_COLOR="1")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines()[:-1])) <= 60
    assert max(map(len, _on_terminal(root, 0, "check", NO_COLOR="1").splitlines())) > 60
    assert "\x1b" not in _on_terminal(root, 60, "check", "--color", "never")


@pytest.mark.slow
def test_a_long_run_shows_its_progress_and_takes_it_away(tmp_path: object) -> None:
    stacks = {
        f"d{index}/process-compose.yaml": "processes:\n"
        + "".join(
            f"  p{number}:\n    command: redis-server --port {number + 20000}\n"
            for number in range(60)
        )
        for index in range(200)
    }
    shown = _on_terminal(
        write(tmp_path, {**_FILES, **stacks}), 80, "check", "--select", "duplicate-port"
    )
    assert "/200 d" in shown
    before, _, after = shown.rpartition("\x1b[K")
    assert before.endswith("\r")
    assert after.startswith("\x1b[1;31merror[duplicate-port]")


_NIX = "{\n  databases = {\n    redis = 6379;\n  };\n}\n"


def _added(root: str, *arguments: str, typed: str) -> str:
    return _on_terminal(root, 100, "add", *arguments, typed=typed, NO_COLOR="1")


def test_what_is_missing_is_asked_for(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _NIX})
    shown = _added(root, typed="shop-db\n\n25999\n")
    assert "Name of the entry, such as databases.mysql: " in shown
    assert "Category of shop-db [services]: " in shown
    assert "Port of services.shop-db (the lowest free port of" in shown
    assert "Added services.shop-db = 25999 (tcp) to lib/ports.nix:" in shown


def test_only_what_is_missing_is_asked_for(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _NIX})
    shown = _added(root, "mysql", "25998", typed="\n")
    assert "Category of mysql [databases]: " in shown
    assert "Port of" not in shown
    assert "Added databases.mysql = 25998 (tcp)" in shown
    whole = _added(root, "web.api", "25997", typed="")
    assert whole.startswith("Added web.api = 25997")


def test_what_is_proposed_is_taken(tmp_path: object) -> None:
    root = write(
        tmp_path,
        {"lib/ports.nix": _NIX, "port-registry.toml": '[ranges]\nmine = "25990-25999"\n'},
    )
    shown = _added(root, "mine.x", typed="\n")
    assert "Port of mine.x (the lowest free port of 25990-25999) [2599" in shown
    assert "Added mine.x = 2599" in shown


def test_an_answer_that_is_wrong_or_missing_changes_nothing(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _NIX})
    assert "error: invalid port `x`" in _added(root, "web.api", typed="x\n")
    assert "error: no answer was entered, and nothing was done" in _added(root, typed="\x04")
    assert "invalid name" in _added(root, typed="\n")
    assert "error: lib/ports.nix:3" in _added(root, "databases.redis", typed="\n")
    assert read(root, "lib/ports.nix") == _NIX
