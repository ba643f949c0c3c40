"""The wheel, installed on its own, as a project that uses the library has it."""

import os
import site
import subprocess
import sys
import venv

import pytest

_ROOT = os.path.join(os.path.dirname(__file__), "../..")

_SNIPPET = """\
from collections.abc import Iterator

import port_registry


def ports() -> Iterator[int]:
    for entry in port_registry.load("lib/ports.nix"):
        yield entry.ports.first


port: int = port_registry.load("lib/ports.nix")["databases.redis"].port
print(port, *ports())
"""

_WRONG = """\
import port_registry

port_registry.load(6379)
port: str = port_registry.load()["databases.redis"].port
port_registry.load().nothing
port_registry.nothing
"""


def _run(*command: str, folder: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the interpreter of an environment that has the wheel, and the current one's others."""
    folder = str(tmp_path_factory.mktemp("wheel"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index")
    made = _run(*pip, "wheel", *offline, "--no-build-isolation", "-w", folder, _ROOT, folder=folder)
    assert made.returncode == 0, made.stderr
    (wheel,) = (name for name in os.listdir(folder) if name.endswith(".whl"))
    venv.create(f"{folder}/venv", symlinks=True)
    python = f"{folder}/venv/bin/python"
    done = _run(*pip, "--python", python, "install", *offline, wheel, folder=folder)
    assert done.returncode == 0, done.stderr
    (own,) = site.getsitepackages([f"{folder}/venv"])
    with open(f"{own}/current.pth", "w", encoding="utf-8") as file:
        file.write("\n".join(site.getsitepackages()))
    return python


@pytest.fixture
def project(tmp_path: object) -> str:
    os.mkdir(f"{tmp_path}/lib")
    for name, text in (
        ("lib/ports.nix", "{ databases.redis = 6379; web.api = 3000; }\n"),
        ("snippet.py", _SNIPPET),
        ("wrong.py", _WRONG),
    ):
        with open(f"{tmp_path}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    return str(tmp_path)


@pytest.mark.slow
def test_the_library_runs(python: str, project: str) -> None:
    done = _run(python, "snippet.py", folder=project)
    assert (done.stdout, done.stderr) == ("6379 6379 3000\n", "")
    where = "import port_registry; print(port_registry.__file__)"
    assert "/venv/" in _run(python, "-c", where, folder=project).stdout


@pytest.mark.slow
def test_the_library_is_typed(python: str, project: str) -> None:
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", python)
    done = _run(*mypy, "snippet.py", folder=project)
    assert done.stdout == "Success: no issues found in 1 source file\n"
    done = _run(*mypy, "--no-error-summary", "wrong.py", folder=project)
    assert [line.split(":")[1] for line in done.stdout.splitlines()] == ["3", "4", "5", "6"]
