"""A machine whose settings are read: this one, or one that is laid out in a folder."""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

_MOST_BYTES = 1 << 20
_PATIENCE = 5
"""How many seconds a program may take that is asked."""

_ADMINISTRATION = ("/usr/sbin", "/sbin")
"""Where programs for root are, which users often do not have on their PATH."""


class ProgramOutput(NamedTuple):
    """What a program said."""

    status: int
    stdout: str


class SystemFacts(NamedTuple):
    """A machine, as far as its settings are asked for."""

    root: str
    """The folder in which its `/etc`, `/proc`, `/run` and `/tmp` are."""
    platform: str
    """What Python calls its system: `linux`, `darwin`, `win32`."""
    hostname: str
    run: Callable[[Sequence[str]], ProgramOutput | None]
    """Runs a program; gives None where it is not there, or does not answer."""

    def path(self, path: str) -> str:
        """Return where the machine's file `path`, such as `etc/hosts`, really is."""
        return os.path.join(self.root, path)

    def text(self, path: str) -> str | None:
        """Return what is in a file; None where it is not there or may not be read."""
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as file:
                return file.read(_MOST_BYTES)
        except OSError:
            return None

    def is_linux(self) -> bool:
        """Return whether it runs Linux."""
        return self.platform == "linux"


def this_machine() -> SystemFacts:
    """Return the machine that the program runs on."""
    return SystemFacts("/", sys.platform, socket.gethostname(), _run)


def _run(command: Sequence[str]) -> ProgramOutput | None:
    import shutil
    import subprocess

    folders = (os.environ.get("PATH", os.defpath), *_ADMINISTRATION)
    program = shutil.which(command[0], path=os.pathsep.join(folders))
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ProgramOutput(done.returncode, done.stdout.decode("utf-8", errors="replace"))
