"""Counted nouns."""


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `number` with its noun; `plural` is needed where it does not end in `s`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
