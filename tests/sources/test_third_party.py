"""A format of another package: one file and an entry point, and every command knows it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from port_registry.sources.plugins import ENTRY_POINTS
from tests.project.made import read, write

_FORMAT = '''
"""Lists of listeners: `web = 8080`, with comments after `;`."""

import re

from port_registry.model import Machine, MachineKind, Place, Role, Service, Span, Use
from port_registry.sources.interface import Count, SourceReading
from port_registry.sources.shared.comment_ties import LineCommentTies
from port_registry.sources.shared.comment_annotations import comment_annotations

NAME = "listeners"


def read(files):
    machines = [machine(files.reader.read(p)) for p in files.paths if p.endswith(".listeners")]
    if not machines:
        return None
    return SourceReading(
        paths=frozenset(path for one in machines for path in one.files),
        ties=LineCommentTies(files.reader, ";"),
        machines=tuple(machines),
        counts=(Count("listener_files", len(machines), "list", "lists"),),
    )


def machine(source):
    services, statements = [], []
    for found in re.finditer(r"^(\\w+) = (\\d+)", source.text, re.M):
        name, number = found.groups()
        digits = Span(source.path, *found.span(2))
        port = int(number)
        use = Use(port, port, Role.LISTENS, Place.OPTION, digits, digits, service=name)
        statements.append(Span(source.path, *found.span()))
        services.append(Service(name, statements[-1], uses=(use,)))
    comments = [Span(source.path, *one.span()) for one in re.finditer(r";.*", source.text)]
    return Machine(
        files=(source.path,),
        services=tuple(services),
        annotations=tuple(comment_annotations(source, comments, statements)),
        kind=MachineKind.STACK,
    )
'''

_PROJECT = {
    "lib/ports.nix": "{\n  services.web = 8080;\n  services.api = 3000;\n}\n",
    "dev.listeners": "web = 8080\napi = 3000 ; Port from lib/ports.nix: services.api\n",
}


class _Installed:
    """A folder with a package that brings a format, and a project next to it."""

    def __init__(self, folder: Path, text: str, files: dict[str, str]) -> None:
        self._packages = folder / "packages"
        self.root = write(folder / "project", files)
        described = "listeners_format-1.0.dist-info"
        write(
            self._packages,
            {
                "listeners_format.py": text,
                f"{described}/METADATA": "Name: listeners-format\nVersion: 1.0\n",
                f"{described}/entry_points.txt": f"[{ENTRY_POINTS}]\nlisteners=listeners_format\n",
            },
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "port_registry", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self._packages), "XDG_CACHE_HOME": self.root},
            capture_output=True,
            text=True,
        )


def test_all_commands_know_a_format_of_another_package(tmp_path: Path) -> None:
    installed = _Installed(tmp_path, _FORMAT, _PROJECT)
    report = json.loads(installed.run("check", "--format", "json").stdout)
    assert report["checked"]["listener_files"] == 1
    (finding,) = report["findings"]
    assert (finding["rule"], finding["path"], finding["line"]) == (
        "hardcoded-port",
        "dev.listeners",
        1,
    )
    done = installed.run("check", "--fix")
    assert done.stdout == "No findings (2 entries in lib/ports.nix, 1 list).\n"
    tied = "; Port from lib/ports.nix: services.web = 8080\n" + _PROJECT["dev.listeners"]
    assert read(installed.root, "dev.listeners") == tied

    assert "dev.listeners:2: number" in installed.run("show", "services.web").stdout
    assert installed.run("set", "services.web", "8090").returncode == 0
    assert installed.run("rename", "services.api", "services.shop").returncode == 0
    tied = tied.replace("8080", "8090").replace("services.api", "services.shop")
    assert read(installed.root, "dev.listeners") == tied
    assert installed.run("check").stdout.startswith("No findings")


def test_rules_find_faults_in_it(tmp_path: Path) -> None:
    files = {
        **_PROJECT,
        "dev.listeners": "; Port from lib/ports.nix: services.web = 8070\nweb = 8070\n"
        "api = 3000 ; Port from lib/ports.nix: services.apy\nadmin = 9999\n",
    }
    report = json.loads(
        _Installed(tmp_path, _FORMAT, files).run("check", "--format", "json").stdout
    )
    assert [(finding["rule"], finding["line"]) for finding in report["findings"]] == [
        ("stale-annotation", 1),
        ("stale-annotation", 2),
        ("unknown-reference", 3),
        ("unregistered-port", 4),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_the_kind\n", "fails to load: ModuleNotFoundError: No module named"),
        ("NAME = 'x'\n", "has no function `read`"),
        ("def read(files): ...\n", "has no NAME"),
        ("NAME = 'x'\ndef read(files): return files.paths[9]\n", "fails to read: IndexError"),
        ("NAME = 'x'\ndef read(files): return 'x'\n", "returns str, not a SourceReading"),
        (_FORMAT.replace("tuple(machines)", "('x',)"), "returns str for a Machine"),
        (_FORMAT.replace("uses=(use,)", "uses=('x',)"), "returns str for a Use"),
        (_FORMAT.replace("found.span(2)", "(5, 999)"), "a place that dev.listeners does not have"),
        (
            _FORMAT.replace("found.span(2)", "found.span(1)"),
            "8080 for another text of dev.listeners",
        ),
        (_FORMAT.replace('(files.reader, ";")', "()"), "fails to read: TypeError"),
        (
            _FORMAT.replace('LineCommentTies(files.reader, ";")', "None"),
            "ties without `takes_references`",
        ),
    ],
)
def test_a_format_that_does_not_work_is_named(tmp_path: Path, text: str, message: str) -> None:
    done = _Installed(tmp_path, text, _PROJECT).run("check")
    assert done.returncode == 2
    first, hint, *rest = done.stderr.splitlines()
    assert first.startswith("error: the source format `listeners` of listeners-format 1.0 ")
    assert message in first
    assert (
        hint == " hint: update listeners-format, or uninstall it: `pip uninstall listeners-format`"
    )
    assert rest == []


def test_its_author_can_ask_for_the_traceback(tmp_path: Path) -> None:
    installed = _Installed(tmp_path, "import nothing_of_the_kind\n", _PROJECT)
    os.environ["PORT_REGISTRY_DEBUG"] = "1"
    try:
        done = installed.run("check")
    finally:
        del os.environ["PORT_REGISTRY_DEBUG"]
    assert "listeners_format.py" in done.stderr
