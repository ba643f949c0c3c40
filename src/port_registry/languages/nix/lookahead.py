"""Bound of the lookahead of the parsers.

A token of Nix may be the beginning of a path, which can contain names and operators: from every
token of a run like `a.b+c-1`, a parser looks ahead to the run's end for a `/`.
"""

import re

_BUDGET = 100_000_000
"""The number of characters that may be looked at."""
_LONG_RUN = 256
"""The length of the shortest run that is counted."""


def endless_run(text: str) -> int | None:
    """Return the offset of the run at which the budget is exceeded; None if it is not."""
    if not _has_long_line(text):
        return None
    cost = 0
    for run in re.compile(rf"[A-Za-z0-9_.+\-]{{{_LONG_RUN},}}").finditer(text):
        branching = sum(map(run.group().count, "+-."))
        cost += branching * (run.end() - run.start())
        if cost > _BUDGET:
            return run.start()
    return None


def _has_long_line(text: str) -> bool:
    """Return whether a line of `text` is long enough for a run that is counted."""
    start = 0
    while start + _LONG_RUN <= len(text):
        newline = text.rfind("\n", start, start + _LONG_RUN)
        if newline < 0:
            return True
        start = newline + 1
    return False
