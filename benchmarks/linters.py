"""`check` beside linters of Nix, over the same files."""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable

from benchmarks.timing import Run, run

LINTERS = (("statix", "check", "."), ("deadnix", "."))
"""As people run them at the root of a project."""
_TIMES = 9


def beside_linters(program: str, name: str, write: Callable[[str], None]) -> int:
    """Print a row for each linter that is installed, on the tree that `write` writes.

    Return how many runs of the program failed.
    """
    failed = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
        write(folder)
        for linter in LINTERS:
            if shutil.which(linter[0]) is None:
                print(f"{linter[0]} is not installed: no comparison with it", file=sys.stderr)
                continue
            rounds = [_round(program, linter, folder, cache) for _ in range(_TIMES + 1)]
            # The first round warms up.
            ratios = [
                statistics.median(runs[at].seconds / runs[2].seconds for runs in rounds[1:])
                for at in (0, 1)
            ]
            print(f"| {name} | `{' '.join(linter)}` | {ratios[0]:.2f}x | {ratios[1]:.2f}x |")
            failed += sum(one.status > 1 for runs in rounds for one in runs[:2])
    return failed


def _round(program: str, linter: tuple[str, ...], folder: str, cache: str) -> tuple[Run, Run, Run]:
    """Return a cold check, a warm one, and a run of the linter."""
    shutil.rmtree(os.path.join(cache, "port-registry"), ignore_errors=True)
    cold, warm = (run([program, "check"], folder, {"XDG_CACHE_HOME": cache}) for _ in range(2))
    return cold, warm, run(linter, folder)
