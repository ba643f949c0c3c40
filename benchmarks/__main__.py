"""Prints the tables of docs/performance.md: `make bench`, or `python -m benchmarks`."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from benchmarks import grow, live, nix_half
from benchmarks.linters import beside_linters
from benchmarks.nix import copy_tree, write_knot, write_tree
from benchmarks.projects import write_project
from benchmarks.timing import (
    Run,
    family_mebibytes,
    median_seconds,
    peak_mebibytes,
    run,
    side_by_side,
)

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(os.path.dirname(HERE), "examples", "stack")
PROGRAM = os.path.join(os.path.dirname(sys.executable), "port-registry")
SIZES = (
    (10, 10),
    (10, 100),
    (10, 1000),
    (10, 10000),
    (100, 10),
    (100, 100),
    (100, 1000),
    (100, 10000),
    (1000, 10),
    (1000, 100),
    (1000, 1000),
    (1000, 10000),
)
"""Process-compose files and registry entries of each generated project."""

TREES = (3_500, 35_000)
"""Modules of each generated tree of Nix files."""
KNOT = 141
"""Modules of the tree in which each imports all that come after it."""
HOME_MANAGER = "PORT_REGISTRY_BENCH_TREE"
"""The variable that names a checkout of home-manager, or of another large tree."""


def main() -> int:
    """Print every table; the exit status says whether each command did what was timed."""
    print("| command | against | ratio (median of pairs) | target |")
    print("| --- | --- | --- | --- |")
    version = side_by_side([PROGRAM, "--version"], [sys.executable, "-c", "pass"], EXAMPLE, 21)
    print(f"| `port-registry --version` | `python -c pass` | {version.ratio():.2f}x | 3x |")
    grow.asked(PROGRAM, EXAMPLE)
    nix = shutil.which("nix-instantiate")
    if nix is None:
        print("nix-instantiate is not installed: no comparison with it", file=sys.stderr)
    else:
        evaluate = [nix, "--eval", "--strict", "--json", os.path.join("lib", "ports.nix")]
        check = side_by_side([PROGRAM, "check"], evaluate, EXAMPLE, 21)
        print(
            f"| `port-registry check` of examples/stack | `nix-instantiate --eval` of its registry "
            f"| {check.ratio():.2f}x | 8x |"
        )
    print()
    failed = grow.added(PROGRAM) + nix_half.loading() + live.looked_up(PROGRAM, EXAMPLE)
    return max(min(failed, 1), _nix_trees(), _linters(), _growth())


def _linters() -> int:
    print("| Nix files | linter | cold against it | warm against it |")
    print("| --- | --- | --- | --- |")
    failed = 0
    checkout = os.environ.get(HOME_MANAGER)
    if checkout:
        failed = beside_linters(PROGRAM, os.path.basename(checkout), partial(copy_tree, checkout))
    tree = partial(write_tree, modules=TREES[0])
    failed += beside_linters(PROGRAM, f"{TREES[0]} modules, generated", tree)
    print()
    return 1 if failed else 0


class _Tree(NamedTuple):
    """What the checks of one tree took."""

    cold: float
    warm: float
    status: int
    """The highest exit status."""


def _nix_trees() -> int:
    print("| Nix files | cold, s | warm, s | `nix-instantiate --parse`, s ", end="")
    print("| cold against it | peak MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    made: list[_Tree] = []
    checkout = os.environ.get(HOME_MANAGER)
    if checkout:
        made.append(_tree(os.path.basename(checkout), partial(copy_tree, checkout)))
    small, large = (_tree("generated", partial(write_tree, modules=count)) for count in TREES)
    made += [small, large, _tree("each imports all later ones", partial(write_knot, modules=KNOT))]
    print()
    print(f"{TREES[1]} files against {TREES[0]}: {large.cold / small.cold:.1f}x cold, ", end="")
    print(f"{large.warm / small.warm:.1f}x warm (target: 11x).")
    print()
    return 1 if any(tree.status > 1 for tree in made) else 0


def _tree(name: str, write: Callable[[str], None]) -> _Tree:
    """Print the row of the tree that `write` writes."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        write(folder)
        count = sum(file.endswith(".nix") for _, _, files in os.walk(folder) for file in files)
        cold = [_cold(folder, cache) for _ in range(3)]
        warm = [run([PROGRAM, "check"], folder, {"XDG_CACHE_HOME": cache}) for _ in range(5)]
        shutil.rmtree(os.path.join(cache, "port-registry"))
        peak = family_mebibytes([PROGRAM, "check"], folder, {"XDG_CACHE_HOME": cache})
        parsing = "-", "-"
        if shutil.which("nix-instantiate") is not None:
            seconds = median_seconds([run(["sh", "-c", PARSE], folder) for _ in range(3)])
            parsing = f"{seconds:.2f}", f"{median_seconds(cold) / seconds:.1f}x"
        print(
            f"| {count} ({name}) | {median_seconds(cold):.2f} | {median_seconds(warm):.2f} "
            f"| {parsing[0]} | {parsing[1]} | {peak:.0f} |"
        )
    status = max(one.status for one in (*cold, *warm))
    return _Tree(median_seconds(cold), median_seconds(warm), status)


PARSE = "find . -name '*.nix' -print0 | xargs -0 -n 500 nix-instantiate --parse"


def _cold(folder: str, cache: str) -> Run:
    shutil.rmtree(os.path.join(cache, "port-registry"), ignore_errors=True)
    return run([PROGRAM, "check"], folder, {"XDG_CACHE_HOME": cache})


def _growth() -> int:
    print(
        "| files | entries | seconds | against `python -c pass` "
        "| per file and entry, ms | peak MiB |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    failed = 0
    for files, entries in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_project(folder, files, entries)
            run([PROGRAM, "check"], folder)
            runs = [run([PROGRAM, "check"], folder) for _ in range(3)]
            base = median_seconds([run([sys.executable, "-c", "pass"], folder) for _ in range(5)])
        failed += sum(one.status != 0 for one in runs)
        seconds = median_seconds(runs)
        print(
            f"| {files} | {entries} | {seconds:.2f} | {seconds / base:.0f}x "
            f"| {1000 * seconds / (files + entries):.2f} | {peak_mebibytes(runs):.0f} |"
        )
    if failed:
        print(f"{failed} runs did not exit with 0", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
