"""What someone meant who wrote a word that does not exist."""

from collections.abc import Iterable


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return a hint for `word`, which is none of `choices`: the nearest, or else all."""
    from difflib import get_close_matches

    known = sorted(choices)
    near = get_close_matches(word[:80], known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"what exists: {', '.join(known)}"
