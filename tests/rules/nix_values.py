"""Whether Nix files that a fix has changed still mean the same, asked of the real Nix."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping

from tests import real

_LIB = """\
let
  same = x: x;
in
{
  mkDefault = same;
  mkForce = same;
  mkIf = _: same;
  mkMerge = builtins.foldl' (a: b: a // b) { };
  mkOverride = _: same;
  optionalString = wanted: text: if wanted then text else "";
  concatStringsSep = builtins.concatStringsSep;
}
"""

_APPLIED = """\
let
  lib = import ./the-lib.nix;
  call = args: f:
    if !builtins.isFunction f then f
    else if builtins.functionArgs f == { } then f args
    else f (builtins.intersectAttrs (builtins.functionArgs f) args);
  plain = { inherit lib; pkgs = { }; config = { }; };
  registry = call plain (import ./%s);
  known = plain // {
    ports = registry.ports or registry;
    config = registry.config or { };
  };
in
call known (import ./%s)
"""


def assert_readable(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Assert that Nix reads every file that changed, if it could before."""
    program = real.found("nix-instantiate")
    changed = _changed(before, after)
    if program is None or not changed:
        return
    with _folder(before) as old, _folder(after) as new:
        for path in changed:
            if _run(program, old, "--parse", path) is not None:
                assert _run(program, new, "--parse", path) is not None, after[path]


def assert_same(before: Mapping[str, str], after: Mapping[str, str], registry: str) -> None:
    """Assert that every Nix file that changed has the value that it had, if it had any."""
    program = real.found("nix-instantiate")
    changed = _changed(before, after)
    if program is None or not changed:
        return
    with _folder(before) as old, _folder(after) as new:
        for path in changed:
            value = _value(program, old, registry, path)
            if value is not None:
                assert _value(program, new, registry, path) == value, after[path]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [path for path in after if path.endswith(".nix") and before[path] != after[path]]


def value_of(files: Mapping[str, str], registry: str, path: str) -> object:
    """Return the value of the file at `path` as the real Nix has it."""
    with _folder(files) as root:
        return _value(real.nix_instantiate(), root, registry, path)


def _folder(files: Mapping[str, str]) -> "tempfile.TemporaryDirectory[str]":
    folder = tempfile.TemporaryDirectory()
    for path, text in {**files, "the-lib.nix": _LIB}.items():
        whole = os.path.join(folder.name, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return folder


def _value(program: str, root: str, registry: str, path: str) -> object:
    asked = ("--readonly-mode", "--eval", "--strict", "--json", "-E", _APPLIED % (registry, path))
    answer = _run(program, root, *asked)
    return None if answer is None else json.loads(answer)


def _run(program: str, root: str, *arguments: str) -> str | None:
    """Return what Nix prints; None where it fails."""
    command: Iterable[str] = (program, *arguments)
    done = subprocess.run(tuple(command), cwd=root, capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else None
