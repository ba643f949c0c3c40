"""What scripts and people wait for: one port asked for, one entry added."""

import os
import shutil
import sys
import tempfile

from benchmarks.projects import write_project
from benchmarks.timing import Run, median_seconds, run, side_by_side

ENTRIES = 10_000
_TIMES = 41


def asked(program: str, folder: str) -> None:
    """Print the rows of `get`, of an entry of the registry in `folder`."""
    name = "databases.redis"
    get = [program, "get", name]
    bare = side_by_side(get, [sys.executable, "-c", "pass"], folder, _TIMES)
    print(f"| `port-registry get {name}` | `python -c pass` | {bare.ratio():.2f}x | 1.6x |")
    nix = shutil.which("nix-instantiate")
    if nix is not None:
        evaluate = [nix, "--eval", os.path.join("lib", "ports.nix"), "-A", name]
        pair = side_by_side(get, evaluate, folder, _TIMES)
        what = f"`nix-instantiate --eval -A {name}`"
        print(f"| `port-registry get {name}` | {what} | {pair.ratio():.2f}x | 1x |")


def added(program: str) -> int:
    """Print how long `add` takes on a large registry; return how many runs failed."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        write_project(folder, 0, ENTRIES)
        os.unlink(os.path.join(folder, "port-registry.toml"))
        run([program, "add", "group0.warm"], folder)
        runs += [run([program, "add", f"group0.new{at}"], folder) for at in range(5)]
    print(
        f"`add` on a registry of {ENTRIES} entries: {median_seconds(runs):.2f} s (target: 0.5 s)."
    )
    print()
    return sum(one.status != 0 for one in runs)
