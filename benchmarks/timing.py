"""Runs whole commands in turn and reads the operating system's own account of each."""

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from typing import NamedTuple


class Run(NamedTuple):
    """One finished run of a command."""

    seconds: float
    """Wall time."""
    mebibytes: float
    """Peak resident memory of the process (`ru_maxrss`)."""
    status: int
    """The exit status."""


class Pair(NamedTuple):
    """Two commands run in turn, A B A B …, and what came of it."""

    a: tuple[Run, ...]
    b: tuple[Run, ...]

    def ratio(self) -> float:
        """Return the median of the wall-time ratios A/B, pair by pair."""
        return statistics.median(x.seconds / y.seconds for x, y in zip(self.a, self.b, strict=True))


ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""What commands run with: an installed program has its bytecode, and so must this one."""


def run(command: Sequence[str], folder: str) -> Run:
    """Run `command` in `folder`, its output thrown away, and account for it."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss / 1024, process.returncode)


def side_by_side(a: Sequence[str], b: Sequence[str], folder: str, count: int) -> Pair:
    """Run `a` and `b` in turn `count` times each, after one warm-up of both."""
    run(a, folder)
    run(b, folder)
    runs = [(run(a, folder), run(b, folder)) for _ in range(count)]
    return Pair(tuple(x for x, _ in runs), tuple(y for _, y in runs))


def median_seconds(runs: Sequence[Run]) -> float:
    """Return the median wall time."""
    return statistics.median(one.seconds for one in runs)


def peak_mebibytes(runs: Sequence[Run]) -> float:
    """Return the highest peak memory."""
    return max(one.mebibytes for one in runs)
