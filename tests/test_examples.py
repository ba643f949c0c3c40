"""The examples are what the README shows: one clean, one with each planted fault once."""

import json
import os
import subprocess
import sys

from port_registry.rules.table import RULES
from tests import real

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = os.path.join(ROOT, "examples")


def _check(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "port_registry", "check", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_stack_checks_clean() -> None:
    done = _check(os.path.join(EXAMPLES, "stack"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_planted_fault_is_reported_once_and_nothing_else() -> None:
    folder = os.path.join(EXAMPLES, "broken")
    done = _check(folder, "--format", "json")
    assert done.returncode == 1, done.stderr
    found = [
        (finding["rule"], finding["path"], finding["line"])
        for finding in json.loads(done.stdout)["findings"]
    ]
    with open(os.path.join(folder, "expected.tsv"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split("\t") for line in table][1:]
    assert found == [(rule, path, int(line)) for rule, path, line in rows]
    assert {rule for rule, _, _ in rows} == {rule.NAME for rule in RULES if rule.ON_BY_DEFAULT}


def test_process_compose_accepts_the_stack() -> None:
    program = real.process_compose()
    done = subprocess.run(
        [program, "--dry-run", "-f", "process-compose.yaml"],
        cwd=os.path.join(EXAMPLES, "stack"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_registries_are_what_nix_says() -> None:
    nix = real.nix_instantiate()
    for name in ("stack", "broken"):
        folder = os.path.join(EXAMPLES, name)
        evaluated = subprocess.run(
            [nix, "--readonly-mode", "--eval", "--strict", "--json", "lib/ports.nix"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert evaluated.returncode == 0, evaluated.stderr
        nested = json.loads(evaluated.stdout)
        listed = subprocess.run(
            [sys.executable, "-m", "port_registry", "list", "--format", "json"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        read = {entry["name"]: entry["port"] for entry in json.loads(listed.stdout)}
        assert read == {
            f"{category}.{service}": port
            for category, services in nested.items()
            for service, port in services.items()
            if 1 <= port <= 65535
        }
