"""Prints the tables of docs/performance.md: `make bench`, or `python -m benchmarks`."""

import os
import shutil
import sys
import tempfile

from benchmarks.projects import write_project
from benchmarks.timing import median_seconds, peak_mebibytes, run, side_by_side

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


def main() -> int:
    """Print every table; the exit status says whether each command did what was timed."""
    print("| command | against | ratio (median of pairs) | target |")
    print("| --- | --- | --- | --- |")
    version = side_by_side([PROGRAM, "--version"], [sys.executable, "-c", "pass"], EXAMPLE, 21)
    print(f"| `port-registry --version` | `python -c pass` | {version.ratio():.2f}x | 3x |")
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
    return _growth()


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
