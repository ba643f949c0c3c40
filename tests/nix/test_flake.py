"""The flake's outputs, called as Nix calls them, with stand-ins for what they are given."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import cast

import pytest

from port_registry import __version__
from tests import real
from tests.nix.evaluation import ROOT, error_of, value_of

_SYSTEM = "x86_64-linux"


def _outputs(expression: str) -> str:
    """Return `expression` in the scope of the outputs."""
    return (
        f"let o = import {ROOT}/tests/nix/flake/outputs.nix {{ lib = import {real.nixpkgs_lib()};"
        f" root = {ROOT}; }}; in {expression}"
    )


def _value(expression: str) -> object:
    return value_of(_outputs(expression))


def test_the_only_input_is_nixpkgs() -> None:
    assert value_of(f"builtins.attrNames (import {ROOT}/flake.nix).inputs") == ["nixpkgs"]


@pytest.mark.nixpkgs_lib
def test_the_outputs_are_all_there() -> None:
    names = "apps checks devShells flakeModules lib nixosModules overlays packages templates"
    assert _value('builtins.attrNames (removeAttrs o.self [ "outPath" ])') == names.split()


@pytest.mark.nixpkgs_lib
def test_systems_that_nixpkgs_has_not_are_left_out() -> None:
    assert _value("builtins.attrNames o.self.packages") == [_SYSTEM]


@pytest.mark.nixpkgs_lib
def test_the_package_has_what_pyproject_asks_for() -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    package = f"o.self.packages.{_SYSTEM}.default"
    names = _value(f"map (one: one.name) {package}.dependencies")
    wanted = [
        re.split("[^a-zA-Z0-9_.-]", one)[0].lower().replace("_", "-")
        for one in project["dependencies"]
    ]
    assert names == wanted
    assert _value(f"{{ inherit ({package}) pname version; }}") == {
        "pname": project["name"],
        "version": __version__,
    }


@pytest.mark.nixpkgs_lib
def test_what_the_package_is_built_of_is_all_that_it_takes() -> None:
    kept = f"""
      let
        src = o.self.packages.{_SYSTEM}.default.src;
        names = builtins.attrNames (builtins.readDir src.origSrc);
      in
      builtins.filter (name: src.filter (toString src.origSrc + "/${{name}}") "regular") names
    """
    assert _value(kept) == ["LICENSE", "README.md", "pyproject.toml", "scripts", "src"]


@pytest.mark.nixpkgs_lib
def test_the_overlay_adds_the_program() -> None:
    package = "(o.self.overlays.default o.nixpkgs.legacyPackages.x86_64-linux { }).port-registry"
    assert _value(f"{package}.pname") == "port-registry"


@pytest.mark.nixpkgs_lib
def test_the_app_is_the_packages_program() -> None:
    app = cast(dict[str, str], _value(f"o.self.apps.{_SYSTEM}.default"))
    assert app["type"] == "app"
    assert app["program"].endswith("-port-registry/bin/port-registry")


@pytest.mark.nixpkgs_lib
def test_the_check_runs_the_program_over_the_source() -> None:
    script = _value(f"o.template.checks.{_SYSTEM}.port-registry.script")
    folder = ROOT / "templates/default"
    assert cast(str, script).startswith(f"cd {folder}\nport-registry check --no-cache >&2\n")
    done = subprocess.run(
        [sys.executable, "-m", "port_registry", "check", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.nixpkgs_lib
def test_the_templates_host_is_in_order() -> None:
    config = "o.template.nixosConfigurations.atlas.config"
    refused = f"builtins.filter (one: !one.assertion) {config}.assertions"
    assert _value(f"map (one: one.message) ({refused})") == []
    assert _value(f"{config}.networking.firewall.allowedTCPPorts") == [22]


@pytest.mark.nixpkgs_lib
def test_a_clash_in_the_templates_registry_is_refused_wherever_it_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "templates/default", folder)
    registry = folder / "lib/ports.nix"
    text = registry.read_text(encoding="utf-8")
    registry.write_text(text.replace("redis = 6379;", "redis = 3000;"), encoding="utf-8")
    for output in (f"packages.{_SYSTEM}.dev.text", f"devShells.{_SYSTEM}.default.shellHook"):
        message = error_of(_outputs(f"(o.at {folder}).{output}"))
        assert (
            "development.api has port 3000, which databases.redis (3000) claims already" in message
        )


@pytest.mark.nixpkgs_lib
def test_the_templates_shell_knows_the_numbers() -> None:
    hook = cast(str, _value(f"o.template.devShells.{_SYSTEM}.default.shellHook"))
    done = subprocess.run(
        ["bash", "-euc", f"{hook}\necho $DATABASES_REDIS_PORT $DEVELOPMENT_API_PORT"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "6379 3000\n", done.stderr


@pytest.mark.nixpkgs_lib
def test_process_compose_accepts_the_templates_stack(tmp_path: Path) -> None:
    program = real.process_compose()
    stack = _value(
        'import (o.self.templates.default.path + "/process-compose.nix") {'
        ' pkgs = { redis = "/redis"; python3 = "/python3"; };'
        ' registry = o.self.lib.load (o.self.templates.default.path + "/lib/ports.nix"); }'
    )
    path = tmp_path / "process-compose.json"
    path.write_text(json.dumps(stack), encoding="utf-8")
    done = subprocess.run(
        [program, "--dry-run", "-f", path], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", ["flake.nix", "templates/default/flake.nix"])
def test_a_flake_is_plain_enough_for_nix(path: str) -> None:
    """Nix wants literal descriptions and inputs, without anything to evaluate."""
    flake = cast(
        dict[str, object],
        value_of(f"let f = import {ROOT}/{path}; in {{ inherit (f) description inputs; }}"),
    )
    assert isinstance(flake["description"], str)
    assert set(cast(dict[str, object], flake["inputs"])) >= {"nixpkgs"}
