"""The scripts, in the real shells."""

import os
import pty
import re
import shlex
import subprocess
import sys
import time

import pytest

from port_registry.cli.commands import COMMANDS
from tests.cli.command import run
from tests.project.made import write
from tests.real import found

_FILES = {
    "lib/ports.nix": '{ databases.redis = 6379; databases.mysql = 3306; web."a b" = 3000; }\n',
    "flake.nix": "",
}


def _shell(name: str) -> str:
    path = found(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture
def root(tmp_path: object) -> str:
    root = write(f"{tmp_path}/root", _FILES)
    program = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m port_registry "$@"\n'
    write(f"{tmp_path}/bin", {"port-registry": program})
    os.chmod(f"{tmp_path}/bin/port-registry", 0o755)
    for shell in ("bash", "zsh", "fish"):
        done = run(root, "completion", shell)
        assert (done.status, done.err) == (0, "")
        write(f"{tmp_path}/scripts", {shell: done.out})
    return root


def _environment(root: str) -> dict[str, str]:
    above = os.path.dirname(root)
    return {
        **os.environ,
        "PATH": f"{above}/bin:{os.environ['PATH']}",
        "HOME": above,
        "XDG_CACHE_HOME": f"{above}/cache",
        "XDG_CONFIG_HOME": f"{above}/config",
        "XDG_DATA_HOME": f"{above}/data",
        "LC_ALL": "C.UTF-8",
    }


def _told(root: str, command: list[str]) -> list[str]:
    done = subprocess.run(
        command,
        cwd=root,
        env=_environment(root),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def _bash(root: str, line: str) -> list[str]:
    words = line.split(" ")
    array = " ".join(shlex.quote(word) for word in words)
    code = (
        f"source {shlex.quote(os.path.dirname(root))}/scripts/bash; COMP_WORDS=({array}); "
        f"COMP_CWORD={len(words) - 1}; _port_registry; "
        "((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"; true"
    )
    return _told(root, [_shell("bash"), "--noprofile", "--norc", "-c", code])


def _fish(root: str, line: str) -> list[str]:
    script = f"{os.path.dirname(root)}/scripts/fish"
    code = f"source {shlex.quote(script)}; complete -C {shlex.quote(line)}"
    lines = _told(root, [_shell("fish"), "--no-config", "-c", code])
    return [each.split("\t")[0] for each in lines]


def _zsh(root: str, *lines: str) -> list[list[str]]:
    """Return the words on a screen on which Tab was pressed behind each of `lines`."""
    shell = _shell("zsh")
    above = os.path.dirname(root)
    start = (
        "PS1='> '; autoload -Uz compinit; compinit -u -D; "
        f"unsetopt zle_bracketed_paste; stty cols 200; source {above}/scripts/zsh; echo rea''dy\n"
    )
    pid, leader = pty.fork()
    if pid == 0:
        os.chdir(root)
        os.execve(shell, [shell, "-f", "-i"], {**_environment(root), "TERM": "dumb"})
    screens: list[list[str]] = []
    try:
        os.set_blocking(leader, False)
        os.write(leader, start.encode())
        _until(leader, "ready\r\n")
        for line in lines:
            os.write(leader, f"{line}\t\t".encode())
            shown = _until(leader, "\0")
            screens.append(re.sub(r"[\x07\x08\x1b\r\n]", " ", shown).split())
            os.write(leader, b"\x15")
    finally:
        os.close(leader)
        os.waitpid(pid, 0)
    return screens


def _until(leader: int, end: str) -> str:
    """Return what is shown until `end` comes, or nothing more."""
    shown = ""
    quiet, limit = 0.0, time.monotonic() + 20
    while end not in shown and quiet < 1 and time.monotonic() < limit:
        try:
            shown += os.read(leader, 65536).decode("utf-8", "replace")
            quiet = 0.0
        except BlockingIOError:
            time.sleep(0.05)
            quiet += 0.05
    return shown


_SHELLS = {"bash": _bash, "fish": _fish}


def test_in_zsh(root: str) -> None:
    commands, protocols, names, categories = _zsh(
        root,
        "port-registry ",
        "port-registry add --protocol ",
        "port-registry get databases.",
        "port-registry free-port ",
    )
    assert set(COMMANDS) <= set(commands)
    assert {"tcp", "udp", "both"} <= set(protocols)
    assert {"databases.redis", "databases.mysql"} <= set(names)
    assert {"databases", "web"} <= set(categories)


@pytest.mark.parametrize("shell", _SHELLS)
def test_commands_options_values_and_names(root: str, shell: str) -> None:
    complete = _SHELLS[shell]
    assert set(COMMANDS) <= set(complete(root, "port-registry "))
    assert "--description" in complete(root, "port-registry add --")
    assert {"tcp", "udp", "both"} <= set(complete(root, "port-registry add --protocol "))
    assert {"databases.redis", "databases.mysql"} <= set(complete(root, "port-registry get data"))
    assert {"databases", "web"} <= set(complete(root, "port-registry free-port "))
    assert "hardcoded-port" in complete(root, "port-registry explain ")
    assert {"bash", "zsh", "fish"} <= set(complete(root, "port-registry completion "))


@pytest.mark.parametrize("shell", _SHELLS)
def test_a_part_of_a_word(root: str, shell: str) -> None:
    complete = _SHELLS[shell]
    assert complete(root, "port-registry comp") == ["completion"]
    assert complete(root, "port-registry get databases.r") == ["databases.redis"]
    assert complete(root, "port-registry add --protocol u") == ["udp"]
    assert complete(root, "port-registry get nothing") == []


def test_bash_quotes_what_needs_it(root: str) -> None:
    assert _bash(root, "port-registry show web") == ['web.\\"a\\ b\\"']


def test_values_of_options_are_no_arguments(root: str) -> None:
    assert "databases.redis" in _bash(root, "port-registry rename --color never ")
    assert _bash(root, "port-registry add --protocol tcp web.x 3") == []
    assert _bash(root, "port-registry get --color auto databases.m") == ["databases.mysql"]


def test_every_option_is_in_every_script(root: str) -> None:
    above = os.path.dirname(root)
    for name in COMMANDS:
        shown = run(root, name, "--help").out
        options = set(re.findall(r"^  (?:-\w(?: [A-Z]+)?, )?--([a-z-]+)", shown, re.M))
        assert options
        for shell in ("bash", "zsh", "fish"):
            with open(f"{above}/scripts/{shell}", encoding="utf-8") as file:
                assert options <= set(re.findall(r"[\w-]+", file.read().replace("--", " ")))


def test_another_shell_is_refused(tmp_path: object) -> None:
    done = run(tmp_path, "completion", "tcsh")
    assert done.status == 2
    assert "tcsh" in done.err
