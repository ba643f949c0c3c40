"""The measure of precision: labels, held against what the program finds."""

import json
from pathlib import Path

import pytest
from benchmarks import precision

ROOT = Path(__file__).parents[1]
LABELS = {
    "round": "first sight 1",
    "program": "0000000",
    "repositories": [
        {
            "repository": "someone/machine",
            "commit": "1111111",
            "has_registry": False,
            "labels": [
                {"rule": "hardcoded-port", "path": "a.nix", "line": 1, "verdict": "true",
                 "entries": ["services.gitea"]},
                {"rule": "hardcoded-port", "path": "a.nix", "line": 2, "verdict": "false",
                 "entries": ["services.other"]},
                {"rule": "hardcoded-port", "path": "a.nix", "line": 9, "verdict": "true",
                 "entries": ["services.gitea"]},
                {"rule": "hardcoded-port", "path": "a.nix", "line": 8, "verdict": "noise",
                 "entries": ["services.gitea"]},
            ],
        },
        {"repository": "someone/gone", "commit": "2222222", "has_registry": True, "labels": []},
    ],
}  # fmt: skip
MODULE = """{ services.gitea = { enable = true; settings.server.HTTP_PORT = 3100; };
  services.nginx.virtualHosts.gitea.locations."/".proxyPass = "http://127.0.0.1:3100"; }
"""


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for path, text in {
        "labels/1-first-sight.json": json.dumps(LABELS),
        "checkouts/someone__machine/a.nix": MODULE,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_findings_are_counted_by_verdict(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = folders / "left.json"
    status = precision.main(
        [f"--labels={folders / 'labels'}",
         f"--unjudged={left}", str(folders / "checkouts")]
    )  # fmt: skip
    printed = capsys.readouterr()
    assert status == 1
    assert "git clone https://github.com/someone/gone someone__gone" in printed.err
    assert "git -C someone__gone checkout --detach 2222222" in printed.err
    assert "### First sight 1: 1 repositories" in printed.out
    assert "at 0000000: 2 true, 1 noise, 1 false; 67 % right, 50 % welcome." in printed.out
    assert "| all | 1 | 0 | 0 | 1 | 1 | 100 % | 100 % |" in printed.out
    assert "missed: someone/machine:a.nix:9 hardcoded-port" in printed.out
    # A false label is of other entries than this finding, which so is another one.
    [[repository, finding]] = json.loads(left.read_text())
    assert (repository, finding["line"]) == ("someone/machine", 2)
    assert not (folders / "checkouts/someone__machine/lib").exists()


def test_tables_are_written_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{precision.BEGIN}old\n{precision.END}after\n")
    precision.write(str(page), ["### One\n", "### Two\n"])
    inside = "\n### One\n\n### Two\n\n"
    assert page.read_text() == f"before\n{precision.BEGIN}{inside}{precision.END}after\n"


def test_labels_of_the_project_can_be_counted() -> None:
    rounds = precision.rounds(str(ROOT / "benchmarks/labels"))
    assert rounds[-1]["round"] == "made with"
    for labelled in rounds:
        names = [one["repository"] for one in labelled["repositories"]]
        assert len(set(names)) == len(names)
        for repository in labelled["repositories"]:
            assert {one["verdict"] for one in repository["labels"]} <= {"true", "noise", "false"}
