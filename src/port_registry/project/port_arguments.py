"""Ports as people type them."""

from port_registry.model import MAX_PORT, MIN_PORT, Port, PortRange, UsageError, port_from_int

_MOST_DIGITS = 9


def parse_port_argument(text: str) -> Port | None:
    """Return the port that `text` is; None where it is no number.

    Raises `UsageError` where it is a number and no port.
    """
    if not text.isascii() or not text.isdigit():
        return None
    port = port_from_int(int(text)) if len(text) < _MOST_DIGITS else None
    if port is None:
        raise UsageError(f"`{text}` is no port: ports are numbers from {MIN_PORT} to {MAX_PORT}")
    return port


def parse_ports(text: str) -> PortRange:
    """Return the port or range that `text` is; raises `UsageError` where it is none."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    ends = [_number(text, part) for part in ((first, last) if dash else (first, first))]
    low, high = (port_from_int(end) for end in ends)
    if low is None or high is None:
        raise UsageError(f"`{text}` is no port: ports are numbers from {MIN_PORT} to {MAX_PORT}")
    if low > high:
        raise UsageError(f"`{text}` ends below its start", hint=f"did you mean `{high}-{low}`?")
    return PortRange(low, high)


def _number(text: str, part: str) -> int:
    if not part.isascii() or not part.isdigit() or len(part) > _MOST_DIGITS:
        raise UsageError(
            f"`{text}` is no port", hint="a port is a number such as 8080, or a range: 8000-8009"
        )
    return int(part)


def parse_count(text: str) -> int:
    """Return how many `text` asks for; raises `UsageError` where it is no such number."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else 0
    if not 1 <= number <= MAX_PORT:
        raise UsageError(f"`{text}` is no number from 1 to {MAX_PORT}")
    return number
