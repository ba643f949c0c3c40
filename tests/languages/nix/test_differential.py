"""Values of generated registries, compared with those of the real Nix.

`unknown` never counts as agreement: its share is printed. The seeds are fixed;
`PORT_REGISTRY_SEED` changes them, `PORT_REGISTRY_CASES` sets their number.
"""

import os
import shutil
import sys

import pytest

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import UnknownValue
from tests.languages.nix.plain import Json, MemoryReader, Plain, disagreement, leaves, plain
from tests.languages.nix.realnix import RealNix
from tests.languages.nix.registries import Made, generate
from tests.sizes import size

CASES = int(os.environ.get("PORT_REGISTRY_CASES", size(1_000, 10_000)))
SEED = int(os.environ.get("PORT_REGISTRY_SEED", "0"))
BATCH = 250


@pytest.fixture
def nix(tmp_path: os.PathLike[str]) -> RealNix:
    library = os.path.join(os.path.dirname(__file__), "lib.nix")
    shutil.copy(library, os.path.join(tmp_path, "lib.nix"))
    return RealNix(os.fspath(tmp_path))


def ours(path: str, files: dict[str, str]) -> Plain:
    """Return our value; that of a file which Nix refuses is unknown and fails."""
    evaluator = Evaluator(MemoryReader(files))
    duplicates = evaluator.file(path).duplicates
    if duplicates:
        return UnknownValue("defined twice", duplicates[0].span, fails=True)
    return plain(evaluator, evaluator.evaluate_file(path))


def compare(computed: Plain, real: Json | None) -> str | None:
    """Return the difference, or None; `real` is in a list, or None where Nix fails."""
    if real is None:
        if any(isinstance(leaf, UnknownValue) for leaf in leaves(computed)):
            return None
        return f"Nix fails, we say {computed!r}"
    assert isinstance(real, list)
    return disagreement(computed, real[0])


def write(folder: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8", newline="") as file:
            file.write(text)


@pytest.mark.slow
def test_generated_registries_have_the_values_of_nix(
    nix: RealNix, tmp_path: os.PathLike[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = os.fspath(tmp_path)
    failed = known = unknown = 0
    disagreements: list[str] = []
    for first in range(0, CASES, BATCH):
        projects: dict[str, Made] = {}
        for number in range(first, min(first + BATCH, CASES)):
            prefix = f"r{number}"
            projects[f"{prefix}.nix"] = project = generate(SEED + number, prefix)
            write(folder, {f"{prefix}.nix": project.text, **project.files})
        reals = nix.values(list(projects))
        for path, project in projects.items():
            computed = ours(path, {path: project.text, **project.files})
            failed += reals[path] is None
            for leaf in leaves(computed) if reals[path] is not None else ():
                unknown += isinstance(leaf, UnknownValue)
                known += not isinstance(leaf, UnknownValue)
            difference = compare(computed, reals[path])
            if difference is not None:
                disagreements.append(f"{path}: {difference}\n{project.text}")
    with capsys.disabled():
        sys.stdout.write(
            f"\n{CASES} registries against Nix: {len(disagreements)} disagreements, "
            f"{known} values agree, {unknown} unknown "
            f"({100 * unknown / max(1, known + unknown):.2f} %), Nix itself fails on {failed}\n"
        )
    assert not disagreements, "\n\n".join(disagreements[:3])
    assert failed < CASES // 20
    assert unknown < known // 50
