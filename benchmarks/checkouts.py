"""Checkouts of the public repositories that findings were judged on.

They are not part of this project: a folder holds them, each as `OWNER__NAME`, at the commit that
its labels name.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

PROGRAM = (sys.executable, "-m", "port_registry")
"""The command of the virtual environment that this module runs in."""


class Commit(NamedTuple):
    """A commit of a public repository."""

    repository: str
    """`OWNER/NAME`."""
    commit: str

    @property
    def folder(self) -> str:
        """The name of its checkout."""
        return self.repository.replace("/", "__")

    def how_to_get(self) -> str:
        """Return the commands that make the checkout."""
        return (
            f"git clone https://github.com/{self.repository} {self.folder} && "
            f"git -C {self.folder} checkout --detach {self.commit}"
        )


def missing(root: str, commits: Sequence[Commit]) -> list[Commit]:
    """Return the commits without a checkout in `root`, after saying how to get each."""
    found = [one for one in commits if not os.path.isdir(os.path.join(root, one.folder))]
    for one in found:
        print(f"missing in {root}: {one.how_to_get()}", file=sys.stderr)
    return found


@contextmanager
def copied(root: str, commit: Commit) -> Iterator[str]:
    """Give the folder of a copy of the checkout, to be changed; links stay links."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(os.path.realpath(scratch), commit.folder)
        shutil.copytree(os.path.join(root, commit.folder), folder, symlinks=True)
        yield folder


def run(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in `folder`, away from the caches and the settings of the user."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "XDG_CACHE_HOME": os.path.join(home, "cache"),
            "LC_ALL": "C.UTF-8",
            # A repository's own modules must not be imported by the program.
            "PYTHONSAFEPATH": "1",
        }
        return subprocess.run(
            (*PROGRAM, *arguments),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
