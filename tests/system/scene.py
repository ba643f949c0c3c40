"""Real processes that hold real sockets, for tests to look at."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

NOBODY = 65534
"""The number of a user who owns nothing."""

_SCRIPT = """
import os, socket, sys

held = []
for spec in sys.argv[2:]:
    kind, address, port, *options = spec.split(",")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int("v6only" in options))
    if "reuse" in options:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind((address, int(port)))
    if kind == "tcp" and "idle" not in options:
        one.listen()
    one.set_inheritable("inherited" in options)
    held.append(one)
if sys.argv[1]:
    with open("/proc/self/comm", "wb") as name:
        name.write(os.fsencode(sys.argv[1]))
print(*(one.getsockname()[1] for one in held), flush=True)
sys.stdin.read()
"""
"""Holds what it is told to until its input is closed; says which ports it got."""


class Holder(NamedTuple):
    """A process that holds sockets."""

    pid: int
    ports: tuple[int, ...]


@contextlib.contextmanager
def holder(
    *sockets: str,
    called: str = "holder",
    name: str = "",
    within: tuple[str, ...] = (),
    at: str = "",
) -> Iterator[Holder]:
    """Run a process that holds `sockets`, each `tcp,127.0.0.1,0` and options behind that.

    It is `called` by its first argument, has `name` in the process table (16 bytes at most),
    is started by the command `within`, and works in the folder `at`.
    """
    program = sys.executable if within else os.path.realpath(sys.executable)
    python = [*within, program if within else called, "-S", "-c", _SCRIPT, name, *sockets]
    environment = {"PATH": os.environ["PATH"]}
    if not within:
        # It does not find its own library where it is called something else.
        environment["PYTHONHOME"] = sys.base_prefix
    with subprocess.Popen(
        python,
        executable=None if within else program,
        env=environment,
        cwd=at or None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            ports = tuple(map(int, process.stdout.readline().split()))
            assert len(ports) == len(sockets), "the holder did not start"
            yield Holder(process.pid, ports)
        finally:
            process.kill()


def as_nobody() -> tuple[str, ...]:
    """Return what runs a command as a user who may look into nobody's processes, or skip."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    # The group stays: root's may be what lets this Python be read.
    command = ("setpriv", f"--reuid={NOBODY}", "--clear-groups")
    tried = subprocess.run(
        [*command, sys.executable, "-c", "import psutil, socket"], capture_output=True
    )
    if tried.returncode != 0:
        pytest.skip("others may not run this Python")
    return command


_NUMBERS = itertools.count()


@contextlib.contextmanager
def network() -> Iterator[tuple[str, ...]]:
    """Make a network of its own, with a loopback; yield what runs a command in it, or skip."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root can make a network namespace")
    name = f"port-registry-{os.getpid()}-{next(_NUMBERS)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"no network namespace can be made: {made.stderr.strip()}")
    try:
        enter = ("ip", "netns", "exec", name)
        subprocess.run([*enter, "ip", "link", "set", "lo", "up"], check=True)
        yield enter
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def end(pid: int) -> None:
    """End a process that the test started, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
