"""What loading a registry with `nix/lib.nix` adds to evaluating the plain file."""

import os
import shutil
import statistics
import sys
import tempfile

from benchmarks.projects import write_project
from benchmarks.timing import side_by_side

SIZES = (1_000, 10_000)
"""Entries of each registry."""
_TIMES = 21
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "nix", "lib.nix")


def loading() -> int:
    """Print the rows, and return how many runs failed."""
    nix = shutil.which("nix-instantiate")
    if nix is None:
        print("nix-instantiate is not installed: no row for nix/lib.nix", file=sys.stderr)
        return 0
    print("| entries | `nix-instantiate --eval` of the file, ms | with `load`, ms | added, ms |")
    print("| --- | --- | --- | --- |")
    failed = 0
    for entries in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_project(folder, 0, entries)
            failed += _row(nix, folder, entries)
    print()
    return failed


def _row(nix: str, folder: str, entries: int) -> int:
    registry = os.path.join(folder, "lib", "ports.nix")
    evaluate = [nix, "--eval", "--strict", "--json"]
    load = f"((import {LIB}).load {registry}).ports"
    pair = side_by_side([*evaluate, "--expr", load], [*evaluate, registry], folder, _TIMES)
    with_load = 1000 * statistics.median(run.seconds for run in pair.a)
    plain = 1000 * statistics.median(run.seconds for run in pair.b)
    added = 1000 * statistics.median(
        one.seconds - other.seconds for one, other in zip(pair.a, pair.b, strict=True)
    )
    print(f"| {entries} | {plain:.0f} | {with_load:.0f} | {added:.0f} |")
    return sum(run.status != 0 for run in (*pair.a, *pair.b))
