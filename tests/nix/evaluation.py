"""Nix expressions, evaluated by the real Nix."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests import real

ROOT = Path(__file__).parents[2]


def value_of(expression: str) -> object:
    """Return what `expression` evaluates to."""
    done = _run(expression)
    assert done.returncode == 0, done.stderr
    assert "trace: " not in done.stderr, done.stderr
    value: object = json.loads(done.stdout)
    return value


def error_of(expression: str) -> str:
    """Return the message that `expression` is refused with."""
    done = _run(expression)
    assert done.returncode != 0, done.stdout
    found = re.search(r"error: (.*?)(?:\n\n +… |\n\n +at |\Z)", done.stderr, re.DOTALL)
    assert found is not None, done.stderr
    return re.sub(r"^ {7}", "", found[1].strip(), flags=re.MULTILINE)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` below `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _run(expression: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(real.nix_instantiate(), "--readonly-mode", "--eval", "--strict", "--json"),
            *("--expr", expression),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
