"""The page for people whose port is taken says what the program does."""

import re
import shlex
from argparse import ArgumentParser

import pytest

from port_registry.cli.commands import load_command
from port_registry.cli.parser import parse
from port_registry.runtime.doctor.diagnose import NAMES
from tests.live_page import PAGE, can_be_played, played


def _page() -> str:
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


@pytest.mark.slow
def test_the_page_shows_what_its_commands_print() -> None:
    if not can_be_played():
        pytest.skip("unshare -n, ip or redis-server cannot be used here")
    page = _page()
    assert played(page) == page


def test_every_command_on_the_page_is_one() -> None:
    page = _page()
    lines = re.findall(r"^\$ (port-registry .+)$|`(?:sudo )?(port-registry [^`]+)`", page, re.M)
    asked = [shlex.split(one or other)[1:] for one, other in lines]
    assert len(asked) >= 10
    for arguments in asked:
        if arguments not in (["add"], ["set"]):
            assert parse(arguments).command is load_command(arguments[0])


def test_every_option_on_the_page_is_one() -> None:
    words = re.findall(r"`(--[a-z-]+)`", _page())
    known: set[str] = set()
    for name in ("status", "who", "free", "wait", "run", "doctor"):
        parser = ArgumentParser()
        load_command(name).declare(parser)
        known |= set(re.findall(r"--[a-z-]+", parser.format_help()))
    assert words
    assert set(words) <= known


def test_every_check_of_the_machine_is_on_the_page() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|", _page(), re.MULTILINE)
    assert tuple(rows) == NAMES


@pytest.mark.parametrize("trap", ["lsof", "netstat", "xargs kill", "kill-port", "wait-on", "nc -z"])
def test_every_known_trap_is_named_with_what_happens_here(trap: str) -> None:
    rows = [line for line in _page().splitlines() if line.startswith("| `") and trap in line]
    assert rows
    assert all(re.search(r"`(who|status|free|wait)`", row.split(" | ")[-1]) for row in rows)
