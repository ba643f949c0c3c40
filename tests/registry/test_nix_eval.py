"""Unknown values evaluated by the real `nix-instantiate`."""

import os
from pathlib import Path

import pytest
from tests import real
from tests.registry.helpers import Texts, protocols, shown

from port_registry.model import Registry, RegistryError, Source
from port_registry.registry import nix_eval
from port_registry.registry.read import read_registry

_ALLOCATOR = """{ lib ? null, ... }:
let
  names = builtins.sort builtins.lessThan (builtins.attrNames (builtins.readDir ./services));
  number = name: 3000 + builtins.stringLength (builtins.readFile (./services + "/${name}"));
in
{
  fixed = 80; # internal
  services = builtins.listToAttrs (map (name: { inherit name; value = number name; }) names);
}
"""


def _read(folder: Path, text: str, seconds: float = 30.0) -> Registry:
    (folder / "ports.nix").write_text(text)
    return nix_eval.read_with_nix(
        Texts({"ports.nix": text}), "ports.nix", None, str(folder), seconds
    )


def test_gaps_are_filled(tmp_path: Path) -> None:
    real.nix_instantiate()
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "api").write_text("123")
    (tmp_path / "services" / "dns").write_text("12345")
    registry = _read(tmp_path, _ALLOCATOR)
    assert shown(registry) == {"fixed": "80", "services.api": "3003", "services.dns": "3005"}
    assert registry.unknown == ()
    fixed, api, _ = registry.entries
    assert fixed.internal
    assert fixed.digits
    assert api.digits == ()
    assert api.name_span == api.value_span
    assert api.name_span.path == "ports.nix"
    assert protocols(api) == "tcp"


def test_nix_does_not_run_where_all_is_known(tmp_path: Path) -> None:
    os.environ["PATH"], path = "", os.environ["PATH"]
    try:
        assert shown(_read(tmp_path, "{ a = 80; }")) == {"a": "80"}
        with pytest.raises(RegistryError, match="cannot be run"):
            _read(tmp_path, "{ a = builtins.currentTime; }")
    finally:
        os.environ["PATH"] = path


def test_what_nix_cannot_evaluate_stays_unknown(tmp_path: Path) -> None:
    real.nix_instantiate()
    text = '{ config, ... }: { a = config.x; b = throw "no"; c = builtins.pathExists ./x; d = 5; }'
    registry = _read(tmp_path, text)
    assert shown(registry) == {"d": "5"}
    assert [unknown.name for unknown in registry.unknown] == [("a",), ("b",)]
    assert all("cannot evaluate it either" in unknown.reason for unknown in registry.unknown)


def test_lib_comes_from_nix_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real.nix_instantiate()
    text = "{ lib }: { a = lib.oddity 80; }"
    monkeypatch.delenv("NIX_PATH", raising=False)
    (unknown,) = _read(tmp_path, text).unknown
    assert "NIX_PATH has no nixpkgs" in unknown.reason
    (tmp_path / "pkgs" / "lib").mkdir(parents=True)
    (tmp_path / "pkgs" / "lib" / "default.nix").write_text("{ oddity = x: x + 1; }")
    monkeypatch.setenv("NIX_PATH", f"nixpkgs={tmp_path / 'pkgs'}")
    assert shown(_read(tmp_path, text)) == {"a": "81"}


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    real.nix_instantiate()
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.nix").write_text("80")
    registry = _read(project, "{ a = import ../secret.nix; b = 81; }")
    assert shown(registry) == {"b": "81"}
    assert "restricted" in registry.unknown[0].reason or "access" in registry.unknown[0].reason


def test_a_time_limit(tmp_path: Path) -> None:
    real.nix_instantiate()
    text = "{ b = 81; a = (import ./x.nix) 80; }"
    (tmp_path / "x.nix").write_text(
        "n: let loop = i: if i == 0 then n else loop (i - 1) + loop (i - 1); in loop 60"
    )
    registry = _read(tmp_path, text, 0.5)
    assert shown(registry) == {"b": "81"}
    assert "took too long" in registry.unknown[0].reason


def test_a_disagreement_is_a_bug(tmp_path: Path) -> None:
    real.nix_instantiate()
    text = "{ a = 80; b = builtins.currentTime; }"
    (tmp_path / "ports.nix").write_text(text.replace("80", "81"))
    with pytest.raises(RegistryError, match="`a` was read as 80, but nix-instantiate returns 81"):
        nix_eval.read_with_nix(Texts({"ports.nix": text}), "ports.nix", None, str(tmp_path))


def test_infinite_values_stay_unknown(tmp_path: Path) -> None:
    real.nix_instantiate()
    registry = _read(tmp_path, "let s = { p = 80; t = s; }; in { b = 81; c = s; }")
    assert shown(registry) == {"b": "81", "c.p": "80"}
    assert [unknown.name for unknown in registry.unknown] == [("c", "t")]


def test_special_characters_in_paths(tmp_path: Path) -> None:
    real.nix_instantiate()
    folder = tmp_path / 'a b"${c}\\n'
    folder.mkdir()
    (folder / "x").write_text("12")
    text = "{ a = builtins.stringLength (builtins.readFile ./x); }"
    assert shown(_read(folder, text)) == {"a": "2"}


@pytest.mark.slow
def test_a_subprocess_has_limits_on_output_and_time() -> None:
    with pytest.raises(nix_eval.LimitExceededError, match="its output was too long"):
        nix_eval.run(
            ["sh", "-c", "while :; do echo 0123456789012345678901234567890123456789; done"], 60
        )
    with pytest.raises(nix_eval.LimitExceededError, match="too long"):
        nix_eval.run(["sh", "-c", "sleep 60 & sleep 60"], 0.2)
    finished = nix_eval.run(["sh", "-c", "echo a; echo b >&2; exit 3"], 10)
    assert (finished.returncode, finished.stdout, finished.stderr) == (3, b"a\n", b"b\n")


def test_reading_runs_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    source = Source("ports.nix", "{ a = builtins.currentTime; }")
    registry = read_registry(Texts({source.path: source.text}), source.path, None)
    assert registry.unknown
