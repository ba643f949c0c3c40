"""Reading of a pseudo-terminal, within a deadline."""

import os
import select
import subprocess
import time

_PATIENCE = 60.0
"""Seconds after which a program that goes on showing, or stays silent, has failed the test."""


def read_to_end(leader: int, process: "subprocess.Popen[bytes]") -> bytes:
    """Return all that `process` still shows on the terminal, until it ends.

    Fails the test, and kills the process, where that takes longer than the deadline.
    """
    deadline = time.monotonic() + _PATIENCE
    shown = b""
    while select.select([leader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        try:
            data = os.read(leader, 65536)
        except OSError:  # Linux says so that nobody has the terminal open any more
            return shown
        if not data:
            return shown
        shown += data
    process.kill()
    raise AssertionError(f"it did not end within {_PATIENCE:.0f} s; it showed {shown!r}")


def read_until(leader: int, expected: str) -> str:
    """Return what is shown until `expected` is; fail the test where that takes too long."""
    deadline = time.monotonic() + _PATIENCE
    shown = b""
    while expected.encode() not in shown:
        patience = max(0.0, deadline - time.monotonic())
        assert select.select([leader], [], [], patience)[0], f"no {expected!r} in {shown!r}"
        shown += os.read(leader, 65536)
    return shown.decode()
