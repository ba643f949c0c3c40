"""Diffs on a terminal."""

from port_registry.output.terminal import Colour, Screen, escape_controls

_COLOURS = (
    ("---", Colour.STRONG),
    ("+++", Colour.STRONG),
    ("@@", Colour.NOTE),
    ("-", Colour.REMOVED),
    ("+", Colour.ADDED),
)


def styled_diff(diff: str, screen: Screen) -> str:
    """Return `diff` with control characters escaped, in the colours of `screen`."""
    return "\n".join(_line(line, screen) for line in diff.split("\n"))


def _line(line: str, screen: Screen) -> str:
    escaped = escape_controls(line.removesuffix("\r"))
    for prefix, colour in _COLOURS:
        if line.startswith(prefix):
            return screen.style(escaped, colour)
    return escaped
