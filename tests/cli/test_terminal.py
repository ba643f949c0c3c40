"""The command on a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

from tests.engine.project import write


def _on_terminal(folder: str, columns: int, *arguments: str, **environment: str) -> str:
    """Return what the command shows on a terminal of that many columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    with subprocess.Popen(
        [sys.executable, "-m", "port_registry", *arguments],
        cwd=folder,
        env={**kept, "TERM": "xterm", **environment},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ):
        os.close(follower)
        shown = b""
        try:
            while data := os.read(leader, 65536):
                shown += data
        except OSError:
            pass
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
