"""The worked examples of CONTRIBUTING.md: `python -m tests.contributing` writes outputs anew."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"

_TREE = ("src", "tests", "docs", "nix", "README.md", "pyproject.toml")
_EXAMPLE = re.compile(r"^## (Add (?:a|an) \w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<kind>\w+)(?: (?P<path>\S+))?\n"
    r"(?P<text>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_DEMO = "demo/"
_PROGRAM = ".venv/bin/python"
_MORE = "…\n"


class Block(NamedTuple):
    """A fenced block of an example."""

    kind: str
    path: str
    """The file that it is or edits; empty for commands."""
    text: str


class Example(NamedTuple):
    """A worked example: its steps in order."""

    title: str
    blocks: tuple[Block, ...]

    def new_files(self) -> list[str]:
        """Return the paths of the files that it adds to the tree."""
        return [
            block.path
            for block in self.blocks
            if block.path and block.kind != "diff" and not block.path.startswith(_DEMO)
        ]

    def edited_files(self) -> list[str]:
        """Return the paths of the files of the tree that it changes."""
        return [block.path for block in self.blocks if block.kind == "diff"]


def examples(page: str) -> list[Example]:
    """Return the worked examples of the page."""
    return [
        Example(found[1], tuple(_block(match) for match in _BLOCK.finditer(found[2])))
        for found in _EXAMPLE.finditer(page)
    ]


def _block(match: re.Match[str]) -> Block:
    return Block(match["kind"], match["path"] or "", textwrap.dedent(match["text"]))


class Tree:
    """A copy of the source tree, in which an example is carried out."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        self.demo = folder / "demo"
        self.demo.mkdir()
        for name in _TREE:
            place = ROOT / name
            if place.is_dir():
                hidden = shutil.ignore_patterns("__pycache__")
                shutil.copytree(place, self.root / name, ignore=hidden)
            else:
                shutil.copy(place, self.root / name)

    def carry_out(self, block: Block) -> str:
        """Carry out one step; return what its commands print, as the page shows it."""
        if block.kind == "diff":
            self._edit(block)
        elif block.path:
            self._create(block)
        elif block.kind == "sh":
            for line in block.text.splitlines():
                done = self.run(self.root, *shlex.split(line.removeprefix(_PROGRAM)))
                assert done.returncode == 0, done.stdout + done.stderr
        elif block.kind == "console":
            return "".join(map(self._shown, _commands(block.text)))
        return block.text

    def run(self, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in `folder` with the program of this tree."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("COV_")},
            "PYTHONPATH": str(self.root / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
            "XDG_CACHE_HOME": str(self.root / "cache"),
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def _create(self, block: Block) -> None:
        inside = block.path.removeprefix(_DEMO)
        place = (self.root if inside == block.path else self.demo) / inside
        assert not place.exists(), f"{block.path} exists already"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(block.text, encoding="utf-8")

    def _edit(self, block: Block) -> None:
        place = self.root / block.path
        text = place.read_text(encoding="utf-8")
        for hunk in re.split(r"^@@\n", block.text, flags=re.MULTILINE):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] != "+")
            after = "".join(line[1:] for line in lines if line[0] != "-")
            assert text.count(before) == 1, f"{block.path} does not have once:\n{before}"
            text = text.replace(before, after)
        place.write_text(text, encoding="utf-8")

    def _shown(self, command: tuple[str, str]) -> str:
        line, before = command
        program, *arguments = shlex.split(line)
        if program == "cat":
            output = (self.demo / arguments[0]).read_text(encoding="utf-8")
        else:
            assert program == "port-registry", line
            done = self.run(self.demo, "-m", "port_registry", *arguments)
            assert done.returncode in (0, 1), done.stderr
            output = done.stderr + done.stdout
        if before.endswith(_MORE):
            output = "".join(output.splitlines(keepends=True)[: before.count("\n") - 1]) + _MORE
        return f"$ {line}\n{output}"


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a block with the output that is shown of it."""
    for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = step.partition("\n")
        yield line, output


def played(page: str) -> str:
    """Return the page with what the commands of its examples print."""
    return _EXAMPLE.sub(_played_example, page)


def _played_example(found: re.Match[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))

        def step(match: re.Match[str]) -> str:
            shown = tree.carry_out(_block(match))
            if match["kind"] != "console":
                return match[0]
            text = textwrap.indent(shown, match["indent"])
            return match[0].replace(match["text"], text)

        return _BLOCK.sub(step, found[0])


if __name__ == "__main__":
    PAGE.write_text(played(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
