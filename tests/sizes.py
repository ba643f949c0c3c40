"""Sizes of comparisons and properties: small for every day, full where `CI=true` is set."""

import os

IS_FULL = os.environ.get("CI") == "true"


def size(small: int, full: int) -> int:
    """Return `full` in CI, and `small` everywhere else."""
    return full if IS_FULL else small
