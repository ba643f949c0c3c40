"""Diffs on a screen."""

from port_registry.report.screen import Colour, Screen, harmless

_COLOURS = (
    ("---", Colour.STRONG),
    ("+++", Colour.STRONG),
    ("@@", Colour.NOTE),
    ("-", Colour.REMOVED),
    ("+", Colour.ADDED),
)


def coloured(diff: str, screen: Screen) -> str:
    """Return `diff` in colours, made harmless; as it is where the screen has none.

    Without colours it is meant for `git apply`, and must stay what it is.
    """
    if not screen.coloured:
        return diff
    return "\n".join(_line(line, screen) for line in diff.split("\n"))


def _line(line: str, screen: Screen) -> str:
    shown = harmless(line.removesuffix("\r"))
    for start, colour in _COLOURS:
        if line.startswith(start):
            return screen.paint(shown, colour)
    return shown
