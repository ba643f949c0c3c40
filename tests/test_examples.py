"""The examples are what the README shows: clean ones, and broken ones with planted faults."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from port_registry.rules.table import RULES
from tests import real

EXAMPLES = Path(__file__).parents[1] / "examples"
CLEAN = ("stack", "fleet", "nixos")
BROKEN = ("broken", "fleet-broken")

_Row = tuple[str, str, int]
"""A finding's rule, path and line."""

_NIX = (
    "environment-drift",
    "fallback-copy",
    "firewall-leak",
    "hardcoded-port",
    "port-clash",
    "protocol-mismatch",
    "shadow-registry",
    "stale-annotation",
    "unknown-reference",
    "unregistered-port",
)
"""The rules that judge Nix modules."""


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "port_registry", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _found(folder: Path) -> list[_Row]:
    done = _run(folder, "check", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    findings = json.loads(done.stdout)["findings"]
    return [(finding["rule"], finding["path"], finding["line"]) for finding in findings]


def _expected(name: str) -> list[_Row]:
    lines = (EXAMPLES / name / "expected.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    return [(rule, path, int(line)) for rule, path, line in rows]


@pytest.mark.parametrize("name", CLEAN)
def test_the_clean_ones_check_clean(name: str) -> None:
    done = _run(EXAMPLES / name, "check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", BROKEN)
def test_each_planted_fault_is_reported_and_nothing_else(name: str) -> None:
    assert _found(EXAMPLES / name) == _expected(name)


def test_every_rule_that_is_on_by_default_has_a_planted_fault() -> None:
    planted = {rule for name in BROKEN for rule, _, _ in _expected(name)}
    # A registry without entries has none of the other faults.
    assert planted == {rule.NAME for rule in RULES if rule.ON_BY_DEFAULT} - {"empty-registry"}
    assert {rule for rule, _, _ in _expected("fleet-broken")} == set(_NIX)


def test_process_compose_accepts_the_stack() -> None:
    program = real.process_compose()
    done = subprocess.run(
        [program, "--dry-run", "-f", "process-compose.yaml"],
        cwd=EXAMPLES / "stack",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [*CLEAN, *BROKEN])
def test_the_registries_are_what_nix_says(name: str) -> None:
    evaluated = json.loads(_evaluate(EXAMPLES / name, _ENTRIES))
    listed = json.loads(_run(EXAMPLES / name, "list", "--format", "json").stdout)
    read = {entry["name"]: entry["port"] for entry in listed["entries"]}
    assert read == {name: port for name, port in evaluated if 1 <= port <= 65535}


@pytest.mark.slow
def test_a_fixed_fleet_means_the_same_to_nix(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    shutil.copytree(EXAMPLES / "fleet-broken", folder)
    before = _texts(folder)
    assert _run(folder, "check", "--fix").returncode == 1
    after = _texts(folder)
    assert after.keys() == before.keys()
    changed = [path for path in after if after[path] != before[path]]
    assert changed
    for path in changed:
        fixed = _evaluate(folder, _VALUE % path)
        (folder / path).write_text(before[path], encoding="utf-8")
        assert fixed == _evaluate(folder, _VALUE % path), path


@pytest.mark.slow
def test_what_a_fix_writes_is_what_the_clean_fleet_says(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    shutil.copytree(EXAMPLES / "fleet-broken", folder)
    _run(folder, "check", "--fix", "--unsafe-fixes")
    clean, before, after = map(_texts, (EXAMPLES / "fleet", EXAMPLES / "fleet-broken", folder))
    written = {
        (path, line)
        for path in clean
        for line in set(after[path].splitlines()) - set(before[path].splitlines())
        if not line.lstrip().startswith("#")
    }
    assert len({path for path, _ in written}) >= 4
    assert [one for one in written if one[1] not in clean[one[0]].splitlines()] == []
    assert not {rule for rule, _, _ in _found(folder)} & {
        "fallback-copy",
        "hardcoded-port",
        "stale-annotation",
    }


@pytest.mark.slow
def test_fixing_twice_is_fixing_once(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    shutil.copytree(EXAMPLES / "fleet-broken", folder)
    _run(folder, "check", "--fix", "--unsafe-fixes")
    once = _texts(folder)
    again = _run(folder, "check", "--fix", "--unsafe-fixes", "--format", "json")
    assert _texts(folder) == once
    assert [finding for finding in json.loads(again.stdout)["findings"] if finding["fix"]] == []


_ENTRIES = """
let
  entries =
    above: value:
    if builtins.isInt value then
      [ [ above value ] ]
    else if value ? port then
      entries above value.port
    else
      builtins.concatMap (
        name: entries (if above == "" then name else "${above}.${name}") value.${name}
      ) (builtins.attrNames value);
in
entries "" (import ./lib/ports.nix)
"""
"""Each port of a registry, with its name."""

_VALUE = """
let
  ports = import ./lib/ports.nix;
  lib = {
    mkDefault = value: value;
    mkEnableOption = text: text;
    mkIf = condition: value: { inherit condition value; };
    mkOption = option: removeAttrs option [ "type" ];
    types.str = null;
  };
  config = {
    home.homeDirectory = "/home/user";
    my = {
      apps.enable = true;
      backup.enable = true;
      databases.enable = true;
      media.enable = true;
      monitoring.enable = true;
      proxy = {
        enable = true;
        domain = "example.org";
      };
      storage.enable = true;
    };
  };
  body = import ./%s;
  pkgs.minio-client = "/nix/store/minio-client";
  given = {
    inherit
      config
      lib
      pkgs
      ports
      ;
  };
in
if builtins.isFunction body then
  body (builtins.intersectAttrs (builtins.functionArgs body) given)
else
  body
"""
"""What a module is, given just as much of the module system as it takes to say so."""


def _texts(folder: Path) -> Mapping[str, str]:
    return {
        os.path.relpath(path, folder): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.nix"))
    }


def _evaluate(folder: Path, expression: str) -> str:
    done = subprocess.run(
        [
            *(real.nix_instantiate(), "--readonly-mode", "--eval", "--strict", "--json"),
            *("--expr", expression),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
