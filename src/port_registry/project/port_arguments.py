"""Parsing of ports on the command line."""

from port_registry.model import MAX_PORT, MIN_PORT, Port, PortRange, UsageError, parse_port

_MOST_DIGITS = 9


def parse_port_argument(text: str) -> Port | None:
    """Return `text` as a port, or None where it is not a number.

    Raises `UsageError` where it is a number but not a valid port.
    """
    return _valid_port(text) if _is_number(text) else None


def parse_ports(text: str) -> PortRange:
    """Return `text` as a port or a range; raises `UsageError` where it is not valid."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not _is_number(first) or not _is_number(last if dash else first):
        hint = "a port is a number such as 8080, or a range such as 8000-8009"
        raise UsageError(f"invalid port `{text}`", hint=hint)
    low, high = _valid_port(first), _valid_port(last if dash else first)
    if low > high:
        hint = f"did you mean `{high}-{low}`?"
        raise UsageError(f"invalid range `{text}`: its end is below its start", hint=hint)
    return PortRange(low, high)


def parse_count(text: str) -> int:
    """Return `text` as a number of ports; raises `UsageError` where it is not valid."""
    number = int(text) if _is_number(text) and len(text) < _MOST_DIGITS else 0
    if not 1 <= number <= MAX_PORT:
        raise UsageError(f"invalid number `{text}`: expected 1 to {MAX_PORT}")
    return number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _valid_port(digits: str) -> Port:
    port = parse_port(digits)
    if port is None:
        raise UsageError(f"invalid port `{digits}`: expected {MIN_PORT} to {MAX_PORT}")
    return port
