"""A bug in one rule or format, which the rest of a check outlives."""

import json
from collections.abc import Iterator

import pytest

import port_registry
from port_registry.matching.project import Project
from port_registry.model import Finding, SourceError
from port_registry.rules import borrowed_port
from port_registry.sources.compose import format as compose
from port_registry.sources.interface import ProjectFiles
from tests.cli.command import run
from tests.project.made import write

_PROJECT = {
    "lib/ports.nix": "{ databases.redis = 6379; web.api = 6379; }\n",
    "compose.yaml": "services:\n  api:\n    image: api\n    ports: ['6379:80']\n",
    "ports-baseline.jsonl": "",
    "port-registry.toml": "",
}


def _failing(_project: Project) -> Iterator[Finding]:
    raise IndexError("tuple index out of range")


def test_a_rule_that_fails_is_reported_and_the_others_are_judged(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, _PROJECT)
    monkeypatch.setattr(borrowed_port, "check", _failing)
    done = run(folder, "check")
    assert done.status == 3
    assert "error[duplicate-port]" in done.out
    assert "without the rule borrowed-port, which failed" in done.out
    assert done.err.startswith("bug: the rule borrowed-port failed in ")
    assert "and everything else was checked: IndexError: tuple index out of range" in done.err
    assert "Traceback" not in done.err


def test_a_format_that_fails_is_reported_and_the_others_are_read(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_files: ProjectFiles) -> None:
        raise KeyError("services")

    folder = write(tmp_path, _PROJECT)
    monkeypatch.setattr(compose, "read", fail)
    done = run(folder, "check", "--format", "json")
    assert done.status == 3
    report = json.loads(done.out)
    assert {finding["rule"] for finding in report["findings"]} == {
        "borrowed-port",
        "duplicate-port",
    }
    assert [bug["part"] for bug in report["bugs"]] == ["the format compose"]
    with pytest.raises(KeyError):
        port_registry.check(folder)
    assert run(folder, "rename", "web.api", "web.site").status == 3


def test_what_was_to_be_expected_ends_the_run(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_project: Project) -> Iterator[Finding]:
        raise SourceError("gone")

    folder = write(tmp_path, _PROJECT)
    monkeypatch.setattr(borrowed_port, "check", fail)
    done = run(folder, "check")
    assert (done.status, done.err) == (2, "error: gone\n")


def test_a_failing_rule_drops_nothing_from_the_baseline(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, _PROJECT | {"port-registry.toml": 'baseline = "accepted.jsonl"\n'})
    run(folder, "check", "--update-baseline")
    with open(f"{folder}/accepted.jsonl", encoding="utf-8") as file:
        before = file.read()
    monkeypatch.setattr(borrowed_port, "check", _failing)
    assert run(folder, "check", "--update-baseline").status == 3
    with open(f"{folder}/accepted.jsonl", encoding="utf-8") as file:
        assert file.read() == before


def test_the_traceback_is_printed_where_it_is_asked_for(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, _PROJECT)
    monkeypatch.setattr(borrowed_port, "check", _failing)
    done = run(folder, "check", PORT_REGISTRY_DEBUG="1")
    assert done.err.startswith("Traceback (most recent call last):")
