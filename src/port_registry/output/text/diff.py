"""Diffs on a screen."""

from port_registry.output.terminal import Colour, Screen, escape_controls

_COLOURS = (
    ("---", Colour.STRONG),
    ("+++", Colour.STRONG),
    ("@@", Colour.NOTE),
    ("-", Colour.REMOVED),
    ("+", Colour.ADDED),
)


def styled_diff(diff: str, screen: Screen) -> str:
    """Return `diff` as a person sees it: made harmless, and in colours where there are some."""
    return "\n".join(_line(line, screen) for line in diff.split("\n"))


def _line(line: str, screen: Screen) -> str:
    shown = escape_controls(line.removesuffix("\r"))
    for start, colour in _COLOURS:
        if line.startswith(start):
            return screen.style(shown, colour)
    return shown
