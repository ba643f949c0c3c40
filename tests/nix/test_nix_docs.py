"""The page for Nix users shows what Nix prints."""

import re
import shutil
import textwrap
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from tests import real
from tests.nix.evaluation import ROOT, error_of, value_of, write

_PAGE = (ROOT / "docs/nix.md").read_text(encoding="utf-8")
_FOLDER = "/etc/nixos"
"""Where the page says that the files are."""


class _Case(NamedTuple):
    """Files that are refused, and the message."""

    files: dict[str, str]
    message: str


def _cases() -> dict[str, _Case]:
    found: dict[str, _Case] = {}
    for part in re.split(r"^### ", _PAGE, flags=re.MULTILINE)[1:]:
        section = re.split(r"^## ", part, flags=re.MULTILINE)[0]
        blocks = re.findall(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        files = {name: text for _, name, text in blocks if name}
        messages = [text for kind, _, text in blocks if kind == "text"]
        assert len(messages) == 1
        found[section.split("\n")[0]] = _Case(files, messages[0].rstrip("\n"))
    return found


_CASES = _cases()


def test_there_is_a_message_for_everything_that_is_refused() -> None:
    assert len(_CASES) == 6


def _needs(case: _Case) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a case: one with modules needs the module system."""
    has_modules = any(path.startswith("modules/") for path in case.files)
    return (pytest.mark.nixpkgs_lib,) if has_modules else ()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=_needs(case)) for name, case in _CASES.items()]
)
def test_each_message_is_what_nix_says(name: str, tmp_path: Path) -> None:
    case = _CASES[name]
    write(tmp_path, case.files)
    modules = [path for path in case.files if path.startswith("modules/")]
    if modules:
        expression = (
            f"import {ROOT}/tests/nix/nixos/evaluate.nix {{ lib = import {real.nixpkgs_lib()};"
            f" module = {ROOT}/nix/nixos;"
            f" modules = [ {' '.join(f'{tmp_path}/{path}' for path in modules)} ]; }}"
        )
        value = cast(dict[str, list[str]], value_of(expression))
        said = "\n".join(value["refused"])
    else:
        said = error_of(
            f"import {tmp_path}/process-compose.nix"
            f" {{ registry = (import {ROOT}/nix).load {tmp_path}/lib/ports.nix; }}"
        )
    assert said.replace(str(tmp_path), _FOLDER) == case.message


@pytest.mark.nixpkgs_lib
def test_a_clash_that_is_planted_in_the_template_is_refused(tmp_path: Path) -> None:
    start = _PAGE.index("3. Plant a clash")
    planted, shown = (
        textwrap.dedent(block)
        for block in re.findall(
            r"^   ```\w+\n(.*?)^   ```$", _PAGE[start:], re.DOTALL | re.MULTILINE
        )[:2]
    )
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "templates/default", folder)
    host = folder / "hosts/atlas.nix"
    text = host.read_text(encoding="utf-8")
    host.write_text(f"{text.rstrip().removesuffix('}')}{planted}}}\n", encoding="utf-8")
    messages = value_of(
        f"let o = import {ROOT}/tests/nix/flake/outputs.nix"
        f" {{ lib = import {real.nixpkgs_lib()}; root = {ROOT}; }}; in"
        " map (one: one.message) (builtins.filter (one: !one.assertion)"
        f" (o.at {folder}).nixosConfigurations.atlas.config.assertions)"
    )
    assert messages == [shown.rstrip("\n")]


@pytest.mark.nixpkgs_lib
def test_every_option_of_the_module_is_on_the_page() -> None:
    start = _PAGE.index("## The NixOS module")
    table = _PAGE[start:].split("Everything that the module finds")[0]
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)", row)} - {"port"}
    offered = value_of(
        f"let lib = import {real.nixpkgs_lib()}; in builtins.attrNames"
        f" (removeAttrs (lib.evalModules {{ modules = [ {ROOT}/nix/nixos"
        f" {ROOT}/tests/nix/nixos/stand_ins.nix ]; }}).options.port-registry [ ])"
    )
    assert documented == set(cast(list[str], offered))


def test_everything_of_a_registry_is_on_the_page() -> None:
    start = _PAGE.index("| `registry.` | is |")
    table = _PAGE[start:].split("\n\n")[0]
    cells = re.findall(r"^\| (`[^|]+`) \||(`shellHook`)", table, re.MULTILINE)
    documented = {name for cell in cells for name in re.findall(r"`(\w+)", "".join(cell))}
    offered = value_of(f"builtins.attrNames ((import {ROOT}/nix).load {{ api = 3000; }})")
    assert set(cast(list[str], offered)) - documented == {"problems", "source"}
