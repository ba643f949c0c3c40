"""A machine whose settings are read: this one, or one laid out in a folder."""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from enum import Enum

from port_registry.model import NamedTuple

_MAX_BYTES = 1 << 20
_PATIENCE = 5
"""Seconds that a program may take."""

_ADMINISTRATION = ("/usr/sbin", "/sbin")
"""Folders of programs for root, which are often not on the PATH of users."""


class Capability(Enum):
    """A capability (capabilities(7)), by its number in Linux."""

    BIND_ANY_PORT = 10
    """CAP_NET_BIND_SERVICE."""
    SEE_FIREWALL = 12
    """CAP_NET_ADMIN."""


class ProgramOutput(NamedTuple):
    """The result of running a program."""

    status: int
    stdout: str


class SystemFacts(NamedTuple):
    """Access to the settings of a machine."""

    root: str
    """The folder with its `/etc`, `/proc`, `/run` and `/tmp`."""
    platform: str
    """Its system, as Python names it: `linux`, `darwin`, `win32`."""
    hostname: str
    run: Callable[[Sequence[str]], ProgramOutput | None]
    """Runs a program; returns None where it is missing, or does not answer."""

    def path(self, path: str) -> str:
        """Return the actual path of the machine's file `path`, such as `etc/hosts`."""
        return os.path.join(self.root, path)

    def text(self, path: str) -> str | None:
        """Return the text of a file; None where it is missing or may not be read."""
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as file:
                return file.read(_MAX_BYTES)
        except OSError:
            return None

    def is_linux(self) -> bool:
        """Return whether it runs Linux."""
        return self.platform == "linux"


def has_capability(machine: SystemFacts, capability: Capability) -> bool:
    """Return whether this process has `capability`; root has all unless it dropped some."""
    for line in (machine.text("proc/self/status") or "").splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            return bool(int(value, 16) >> capability.value & 1)
    return hasattr(os, "geteuid") and os.geteuid() == 0


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
        completed = subprocess.run(
            [program, *command[1:]],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ProgramOutput(completed.returncode, completed.stdout.decode("utf-8", errors="replace"))
