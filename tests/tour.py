"""The README's tour, played in an empty folder: `python -m tests.tour` writes it anew."""

import os
import re
import shlex
import tempfile
from unittest.mock import patch

from tests.cli.command import run
from tests.project.made import read, write

README = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "README.md")

_SECTION = re.compile(r"(?<=^## Tour\n)(.+?)(?=^## )", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"```(console|yaml)\n(.+?)```\n", re.DOTALL)


def played(readme: str) -> str:
    """Return the README with what the commands of its tour print, run one after another.

    A block of YAML begins a new folder, and is written to the file that its first line names.
    Of an output that ends in a line `…`, as many lines are shown as there are before it. Ports
    that happen to be taken on this machine count as free.
    """
    with (
        tempfile.TemporaryDirectory() as root,
        patch("port_registry.system.bind_probe._is_in_use", return_value=False),
    ):
        tour = _Tour(root)
        return _SECTION.sub(lambda section: _BLOCK.sub(tour.block, section[0]), readme)


class _Tour:
    def __init__(self, root: str) -> None:
        self._root = root
        self._folders = 0
        self._enter()

    def _enter(self) -> None:
        self._folders += 1
        self._folder = os.path.join(self._root, f"{self._folders}")
        os.mkdir(self._folder)

    def block(self, block: re.Match[str]) -> str:
        if block[1] == "yaml":
            self._enter()
            write(self._folder, {block[2].partition("\n")[0].removeprefix("# "): block[2]})
            return block[0]
        steps = ["$ " + step for step in re.split(r"^\$ ", block[2], flags=re.MULTILINE) if step]
        return f"```console\n{''.join(map(self._step, steps))}```\n"

    def _step(self, shown: str) -> str:
        line, *before = shown.splitlines(keepends=True)
        output = self._output(line.removeprefix("$ ").strip())
        if before and before[-1] == "…\n":
            output = "".join(output.splitlines(keepends=True)[: len(before) - 1]) + "…\n"
        return line + output

    def _output(self, line: str) -> str:
        program, *arguments = shlex.split(line)
        if program == "cat":
            return read(self._folder, arguments[0])
        assert program == "port-registry", line
        done = run(self._folder, *arguments)
        assert done.status in (0, 1), done.err
        return done.err + done.out


if __name__ == "__main__":
    with open(README, encoding="utf-8") as file:
        before = file.read()
    with open(README, "w", encoding="utf-8") as file:
        file.write(played(before))
