"""The measure of recall: faults that are planted in copies of repositories."""

import json
from pathlib import Path

import pytest
from benchmarks import recall

ROOT = Path(__file__).parents[1]
REGISTRY = "{\n  services.gitea = 3100;\n  services.grafana = 3200;\n}\n"
MODULE = """let
  ports = import ./lib/ports.nix;
in
{
  services.gitea = {
    enable = true;
    settings.server.HTTP_PORT = ports.services.gitea;
  };
}
"""
REPOSITORY = {"repository": "someone/machine", "commit": "1111111", "has_registry": True}
NOWHERE = {"line": 1, "columns": [0, 0], "text": ""}
FAULTS = [
    REPOSITORY
    | {
        "kind": "deleted entry",
        "edits": [NOWHERE | {"path": "lib/ports.nix", "action": "delete", "line": 2}],
        "expected": [{"rule": "unknown-reference", "path": "a.nix", "line": 7}],
    },
    REPOSITORY
    | {
        "kind": "number for a reference",
        "edits": [
            {"path": "a.nix", "action": "insert", "line": 7, "columns": [0, 0], "text": ""},
            {"path": "a.nix", "action": "replace", "line": 7, "columns": [32, 52], "text": "3100"},
        ],
        "expected": [{"rule": "hardcoded-port", "path": "a.nix", "line": 8}],
    },
    REPOSITORY
    | {
        "kind": "no fault",
        "edits": [NOWHERE | {"path": "b.nix", "action": "create", "text": "{ }\n"}],
        "expected": [{"rule": "port-clash", "path": "b.nix", "line": 1}],
    },
    REPOSITORY | {"repository": "someone/gone", "kind": "gone", "edits": [], "expected": []},
]


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    for path, text in {
        "planted.json": json.dumps(FAULTS),
        "checkouts/someone__machine/lib/ports.nix": REGISTRY,
        "checkouts/someone__machine/a.nix": MODULE,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path / "checkouts"


def test_planted_faults_are_counted_by_kind(
    checkouts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = checkouts.parent / "planted.json"
    assert recall.main(["--planted", str(planted), str(checkouts)]) == 1
    output = capsys.readouterr()
    assert "| deleted entry | 1 | 1 | 100 % |" in output.out
    assert "| number for a reference | 1 | 1 | 100 % |" in output.out
    assert "| no fault | 1 | 0 | 0 % |" in output.out
    assert "| all | 3 | 2 | 67 % |" in output.out
    missed = "missed: no fault in someone/machine: port-clash at b.nix:1; new instead: nothing"
    assert missed in output.out
    assert "git clone https://github.com/someone/gone" in output.err
    assert (checkouts / "someone__machine/a.nix").read_text() == MODULE


def test_an_edit_of_another_text_ends_the_run(checkouts: Path) -> None:
    folder = str(checkouts / "someone__machine")
    edit = recall.Edit(path="a.nix", action="delete", line=99, columns=[0, 0], text="")
    with pytest.raises(SystemExit, match=r"a\.nix has no such place in line 99"):
        recall.apply(folder, edit)


def test_planted_faults_are_data_that_can_be_read() -> None:
    faults = recall.load(str(ROOT / "benchmarks/planted.json"))
    assert len(faults) >= 60
    assert len({fault["repository"] for fault in faults}) >= 20
    for fault in faults:
        assert fault["edits"]
        assert fault["expected"]
        assert not any(edit["path"].startswith(("/", "..")) for edit in fault["edits"])
