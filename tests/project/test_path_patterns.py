"""The patterns are held against git's own reading of them."""

import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.project.path_patterns import Patterns
from tests.bounded import within
from tests.sizes import size

_PARTS = st.sampled_from(
    ["a", "b", "ab", "c.x", "*", "**", "?", "a*", "*b", "[ab]", "[!a]", "*.x", "\\*"]
)
_PATTERN = st.builds(
    lambda bang, slash, parts, end: bang + slash + "/".join(parts) + end,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(_PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "", "/", " "]),
)
_PATHS = [
    "/".join(parts)
    for parts in (
        ["a"], ["b"], ["ab"], ["c.x"], ["*"], ["a", "b"], ["a", "c.x"], ["b", "a", "ab"],
        ["ab", "b", "c.x"], ["b", "b", "b", "a"], ["ab", "a", "b", "c.x"],
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = str(tmp_path_factory.mktemp("git"))
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def _git(folder: str, patterns: list[str]) -> list[bool]:
    with open(f"{folder}/.gitignore", "w", encoding="utf-8") as file:
        file.write("".join(f"{pattern}\n" for pattern in patterns))
    done = subprocess.run(
        ["git", "-C", folder, "check-ignore", "--no-index", "--stdin", "-z", "-v", "-n"],
        input="".join(f"{path}\0" for path in _PATHS).encode(),
        capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"},
    )
    assert done.returncode in (0, 1), done.stderr
    fields = done.stdout.decode().split("\0")
    return [bool(pattern) and not pattern.startswith("!") for pattern in fields[2::4]]


@settings(max_examples=size(30, 150), deadline=None)
@given(patterns=st.lists(_PATTERN, min_size=1, max_size=4))
def test_git_agrees(repository: str, patterns: list[str]) -> None:
    ours = Patterns(patterns)
    assert [ours.covers(path) for path in _PATHS] == _git(repository, patterns), patterns


@pytest.mark.parametrize(
    ("lines", "path", "covered"),
    [
        (["# comment", "", "examples/"], "examples/a/b.yaml", True),
        (["examples/"], "examples", False),
        (["/lib/*.nix"], "lib/ports.nix", True),
        (["/lib/*.nix"], "lib/deep/ports.nix", False),
        (["*.nix", "!ports.nix"], "lib/ports.nix", False),
        (["x[1-3].nix"], "x2.nix", True),
        (["[[:digit:]]"], "7", True),
        (["[[:digit:]]"], "x", False),
        (["[a"], "[a", False),
        (["a\\"], "a", False),
        (["[z-a]"], "b", False),
        (["a/*", "!b"], "a/b", False),
        (["\\#x"], "#x", True),
        (["a\\ "], "a ", True),
    ],
)
def test_single_patterns(lines: list[str], path: str, covered: bool) -> None:
    assert Patterns(lines).covers(path) is covered


@pytest.mark.parametrize("pattern", ["*a" * 60 + "b", "**/a/" * 60 + "b", "[a]*" * 60 + "b"])
def test_hostile_patterns_take_linear_time(pattern: str) -> None:
    with within(2):
        assert not Patterns([pattern]).covers("a" * 200 + "/" + "a/" * 100 + "c")


@given(st.lists(st.text(max_size=12), max_size=4), st.text(min_size=1, max_size=12))
def test_any_text_is_a_pattern(lines: list[str], path: str) -> None:
    assert Patterns(lines).covers(path) in (True, False)
