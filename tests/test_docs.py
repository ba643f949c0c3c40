"""What the documents say is what the program does."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib

import pytest

from port_registry.facts.ranges import default_convention
from port_registry.model import Source
from port_registry.project.config import Config
from port_registry.project.config_file import parse_config
from port_registry.project.rule_selection import all_rules, rule_names

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _read(path: str) -> str:
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def _help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "port_registry", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200"},
    )
    return done.stdout


def test_the_rule_table_is_the_programs() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\w+) \| (on|off) \| (.+?) \|$", _read("README.md"), re.MULTILINE
    )
    assert rows == [
        (
            rule.NAME,
            rule.SEVERITY.value,
            "on" if rule.ON_BY_DEFAULT else "off",
            rule.__doc__,
        )
        for rule in all_rules()
    ]


@pytest.mark.slow
def test_every_command_and_option_is_in_the_reference() -> None:
    reference = _read("docs/reference.md")
    commands = re.findall(r"^### `port-registry ([\w-]+)", reference, re.MULTILINE)
    assert set(commands) == set(re.findall(r"^  ([a-z][\w-]*)  ", _help(), re.MULTILINE))
    table = re.findall(r"^\| (`-.+?`) \|", reference, re.MULTILINE)
    documented = {option for cell in table for option in re.findall(r"--[a-z-]+", cell)}
    offered = {
        option
        for command in commands
        for option in re.findall(
            r"^  (?:-\w(?: [A-Z]+)?, )?(--[a-z-]+)", _help(command), re.MULTILINE
        )
    }
    assert documented == offered - {"--help"}


def test_the_configuration_in_the_reference_sets_every_key() -> None:
    blocks = re.findall(r"```toml\n(.+?)```", _read("docs/reference.md"), re.DOTALL)
    assert len(blocks) == 1
    tomllib.loads(blocks[0])
    config = parse_config(Source("port-registry.toml", blocks[0]), rule_names())
    unset = [
        field for field in Config._fields if getattr(config, field) == getattr(Config(), field)
    ]
    assert unset == []


def test_the_ranges_in_the_reference_are_the_programs() -> None:
    rows = re.findall(r"^\| ([0-9, -]+) \| (`.+`) \|$", _read("docs/reference.md"), re.MULTILINE)
    documented = {name: ranges for ranges, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert documented == {
        name: ", ".join(map(str, ranges))
        for name, ranges in default_convention().categories.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["check", "status"])
def test_the_pictures_are_the_programs_output(name: str) -> None:
    place = os.path.join(ROOT, "docs", "picture.py")
    spec = importlib.util.spec_from_file_location("picture", place)
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    try:
        output = picture.PICTURES[name]()
    except picture.SceneError as error:
        pytest.skip(f"the scene of the picture cannot be made: {error}")
    assert picture.draw(output, name) == _read(f"docs/{name}.svg")
