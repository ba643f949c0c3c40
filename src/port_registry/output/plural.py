"""Counted nouns, and lists of which only the first few are shown."""

from collections.abc import Sequence


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `number` with its noun; `plural` is needed where it does not end in `s`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def first_few(texts: Sequence[str], most: int) -> str:
    """Return the first `most` of `texts`, and how many more there are."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more} more" if more > 0 else "")
