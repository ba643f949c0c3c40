"""The measure by history: mistakes that commits of repositories correct."""

import json
import subprocess
from pathlib import Path

import pytest
from benchmarks import history

ROOT = Path(__file__).parents[1]
REGISTRY = "{\n  services.gitea = 3100;\n  services.grafana = 3200;\n}\n"
MODULE = """let
  ports = import ./lib/ports.nix;
in
{{
  services.gitea = {{
    enable = true;
    settings.server.HTTP_PORT = ports.services.{};
  }};
}}
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=someone", "-c", "user.email=someone@localhost")
    command = ("git", "-C", str(folder), *identity, *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    folder = tmp_path / "clones/someone__machine"
    (folder / "lib").mkdir(parents=True)
    git(folder, "init", "-q")
    commits: list[str] = []
    for name in ("gittea", "gitea"):
        (folder / "lib/ports.nix").write_text(REGISTRY)
        (folder / "a.nix").write_text(MODULE.format(name))
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", name)
        commits.append(git(folder, "rev-parse", "HEAD"))
    mistake = {"repository": "someone/machine", "commit": commits[1], "path": "a.nix",
               "line": 7, "kind": "wrong reference", "needs": ["Nix"]}  # fmt: skip
    mistakes = [
        mistake,
        mistake | {"kind": "elsewhere", "path": "b.conf", "needs": ["configuration"]},
        mistake | {"repository": "someone/gone", "kind": "gone"},
    ]
    (tmp_path / "mistakes.json").write_text(json.dumps(mistakes))
    return folder.parent


def test_mistakes_are_counted_by_kind(clones: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mistakes = clones.parent / "mistakes.json"
    assert history.main(["--mistakes", str(mistakes), str(clones)]) == 1
    output = capsys.readouterr()
    assert "a.nix:7 wrong reference: unknown-reference\n" in output.out
    assert "| wrong reference | 1 | 1 | 1 |" in output.out
    assert "| elsewhere | 1 | 0 | 0 |" in output.out
    assert "| in files that are read | 1 | 1 | 1 |" in output.out
    assert "| all | 2 | 1 | 1 |" in output.out
    assert "git clone https://github.com/someone/gone" in output.err


def test_a_port_that_two_services_want_is_read_from_init() -> None:
    line = "note: 2222 is wanted by gitea (a/b.nix:31) and ssh (c.nix:2): `services.gitea` gets it"
    found = list(history.contests(f"Wrote lib/ports.nix.\n{line}\n"))
    assert [(one["path"], one["line"]) for one in found] == [("a/b.nix", 31), ("c.nix", 2)]


def test_a_commit_that_is_not_there_ends_the_run(clones: Path) -> None:
    with (
        pytest.raises(SystemExit, match="1111111"),
        history.written(str(clones / "someone__machine/.git"), "1111111"),
    ):
        pass


def test_mistakes_are_data_that_can_be_read() -> None:
    mistakes = history.load(str(ROOT / "benchmarks/history.json"))
    assert len(mistakes) >= 60
    for mistake in mistakes:
        assert mistake["line"] > 0
        assert mistake["needs"]
