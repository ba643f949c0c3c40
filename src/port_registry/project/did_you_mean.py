"""Spelling suggestions for unknown names."""

from collections.abc import Iterable


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return a hint for `word`, which is not in `choices`: the most similar one, or all."""
    from difflib import get_close_matches

    names = sorted(choices)
    matches = get_close_matches(word[:80], names, n=1)
    if matches:
        return f"did you mean `{matches[0]}`?"
    return f"expected one of: {', '.join(names)}"
