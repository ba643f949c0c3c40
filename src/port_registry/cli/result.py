"""What a command comes to; nothing is printed before all of it is known."""

from typing import NamedTuple

CLEAN = 0
FINDINGS = 1
CANNOT_WORK = 2
BUG = 3
INTERRUPTED = 130
"""What a shell reports for a program that SIGINT ended: 128 + 2."""


class CommandResult(NamedTuple):
    """What to print, and how to exit."""

    status: int
    out: str
    """For standard output."""
    err: str = ""
    """For standard error."""
