"""Runs whole commands in turn and reads the operating system's own account of each."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
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

NOTHING: Mapping[str, str] = {}


def _begin(
    command: Sequence[str], folder: str, more: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**ENVIRONMENT, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def run(command: Sequence[str], folder: str, more: Mapping[str, str] = NOTHING) -> Run:
    """Run `command` in `folder`, its output thrown away, and account for it.

    `more` is added to its environment.
    """
    start = time.perf_counter()
    process = _begin(command, folder, more)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss / 1024, process.returncode)


def family_mebibytes(command: Sequence[str], folder: str, more: Mapping[str, str]) -> float:
    """Run `command`, and return the peak memory of all its processes together (Linux alone).

    That is the sum of what each of them held at most, which is no less than what they held
    at any one time.
    """
    process = _begin(command, folder, more)
    peaks: dict[int, float] = {}
    while process.poll() is None:
        for pid in (process.pid, *_children(process.pid)):
            peaks[pid] = max(peaks.get(pid, 0), _peak(pid))
        time.sleep(0.005)
    return sum(peaks.values())


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _peak(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


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
