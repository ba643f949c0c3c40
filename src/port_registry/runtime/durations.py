"""Spans of time as people type them."""

from port_registry.model.errors import UsageError

_LONGEST = 7 * 24 * 60 * 60


def seconds_of(text: str) -> float:
    """Return how many seconds `text` is; raises `UsageError` where it is no such number."""
    whole, _, part = text.partition(".")
    digits = f"{whole}{part}"
    seconds = float(text) if digits.isascii() and digits.isdigit() else 0.0
    if not 0 < seconds <= _LONGEST:
        raise UsageError(
            f"`{text}` is no number of seconds to wait",
            hint=f"`--timeout 30`, `--timeout 0.5`; at most {_LONGEST}",
        )
    return seconds
