"""The two halves of the program, held against each other.

Registries are generated, good and bad, and each is read by the Python reader and its rules
and by `nix/lib.nix` in the real Nix: the same entries, the same problems, the same words.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from port_registry.facts.ranges import Convention
from port_registry.matching.project import Project
from port_registry.model import Finding, HostRegistry, Registry, format_name
from port_registry.output.exports.json import export
from port_registry.project.gather import Ties
from port_registry.registry.read import read_registry
from port_registry.rules import auto_selected_port, duplicate_name, duplicate_port, invalid_port
from tests import real
from tests.nix.evaluation import ROOT
from tests.nix.registries import commented, registry_text
from tests.registry.helpers import Texts
from tests.sizes import size

_COUNT = size(400, 2_000)
_COMMENTED = size(60, 300)
_RULES: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    invalid_port.check,
    auto_selected_port.check,
    duplicate_port.check,
    duplicate_name.check,
)

_NIX = """
let
  lib = import @LIB@;
  show = entry: {
    inherit (entry)
      name category service from to protocols host address description internal;
  };
  said = problem: { inherit (problem) rule names message; };
  one = given:
    let
      read = lib.read given;
      loaded = builtins.tryEval (lib.load given).ports;
    in
    {
      entries = map show read.entries;
      problems = map said read.problems;
      loads = loaded.success;
    };
in
map one (import ./all.nix)
"""


_Problem = tuple[str, tuple[str, ...], str]
"""A rule, the names that it speaks of, and what it says."""


class Said(NamedTuple):
    """What one half says of a registry."""

    entries: list[object]
    problems: list[_Problem]


@pytest.mark.slow
def test_many_registries_are_read_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [registry_text(Random(seed)) for seed in range(_COUNT)]
    registries = [_read(f"{at}.nix", text) for at, text in enumerate(texts)]
    theirs = _evaluated(tmp_path, texts, [f"./{at}.nix" for at in range(_COUNT)])
    _compare(texts, [_python(registry) for registry in registries], theirs)
    entries = sum(len(registry.entries) for registry in registries)
    bad = [said.problems for said, _ in theirs if said.problems]
    kinds: dict[str, int] = {}
    for problem in (problem for problems in bad for problem in problems):
        kinds[problem[0]] = kinds.get(problem[0], 0) + 1
    with capsys.disabled():
        sys.stdout.write(
            f"\n{_COUNT} registries, {_COUNT - len(bad)} good and {len(bad)} bad, {entries} "
            f"entries, problems: {', '.join(f'{kinds[kind]} {kind}' for kind in sorted(kinds))}\n"
        )
    assert _COUNT / 10 < len(bad) < _COUNT * 9 / 10
    assert len(kinds) == len(_RULES)
    assert min(kinds.values()) >= _COUNT // 25


def test_comments_reach_nix_by_the_exported_metadata(tmp_path: Path) -> None:
    texts = [commented(Random(seed)) for seed in range(_COMMENTED)]
    registries = [_read(f"{at}.nix", text) for at, text in enumerate(texts)]
    for at, registry in enumerate(registries):
        reader = Texts({registry.path: texts[at]})
        (tmp_path / f"{at}.json").write_text(export(registry, reader), encoding="utf-8")
    given = [f"{{ registry = ./{at}.nix; meta = ./{at}.json; }}" for at in range(_COMMENTED)]
    theirs = _evaluated(tmp_path, texts, given)
    _compare(texts, [_python(registry) for registry in registries], theirs)


def _compare(texts: list[str], ours: list[Said], theirs: list[tuple[Said, bool]]) -> None:
    assert len(ours) == len(theirs)
    for text, mine, (other, loads) in zip(texts, ours, theirs, strict=True):
        assert mine.entries == other.entries, text
        assert mine.problems == other.problems, text
        assert loads == (not mine.problems), text


def _read(path: str, text: str) -> Registry:
    registry = read_registry(Texts({path: text}), path, None)
    assert (registry.unknown, registry.duplicates) == ((), ()), text
    return registry


def _python(registry: Registry) -> Said:
    """Return what the Python half says."""
    project = Project(
        registry=registry,
        registries=(HostRegistry(registry, ""),),
        machines=(),
        files=(),
        references=(),
        convention=Convention({}),
        reader=Texts({}),
        tie_writer=Ties(()),
    )
    findings = (finding for check in _RULES for finding in check(project))
    return Said(
        [
            {
                "name": format_name(entry.name),
                "category": entry.category,
                "service": entry.service,
                "from": entry.endpoint.ports.first,
                "to": entry.endpoint.ports.last,
                "protocols": sorted(one.value for one in entry.endpoint.protocols),
                "host": entry.endpoint.host,
                "address": entry.endpoint.address,
                "description": entry.description,
                "internal": entry.internal,
            }
            for entry in registry.entries
        ],
        sorted((one.rule, one.entries, _worded(one.message)) for one in findings),
    )


def _evaluated(folder: Path, texts: list[str], given: list[str]) -> list[tuple[Said, bool]]:
    """Return what the Nix half says, and whether it loads the registry, in one run of Nix."""
    for at, text in enumerate(texts):
        (folder / f"{at}.nix").write_text(text, encoding="utf-8")
    (folder / "all.nix").write_text(f"[\n{chr(10).join(given)}\n]\n", encoding="utf-8")
    (folder / "run.nix").write_text(_NIX.replace("@LIB@", str(ROOT / "nix" / "lib.nix")))
    done = subprocess.run(
        [real.nix_instantiate(), "--readonly-mode", "--eval", "--strict", "--json", "run.nix"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said: list[tuple[Said, bool]] = []
    for one in json.loads(done.stdout):
        problems = sorted(
            (problem["rule"], tuple(problem["names"]), _worded(problem["message"]))
            for problem in one["problems"]
        )
        said.append((Said(one["entries"], problems), one["loads"]))
    return said


def _worded(message: str) -> str:
    """Return a message without the text of a leaf that is not a valid port.

    Nix knows the value, and not the text.
    """
    return re.sub(r" = .* (is (?:not a valid port|a range))", r" = … \1", message)
