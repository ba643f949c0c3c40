"""Unified diff of rewrites, as `git apply` and `patch -p1` read it, in colour on a terminal."""

import os
import sys
from collections.abc import Iterable

from port_registry.output.terminal import Colour, Screen, escape_controls, is_terminal
from port_registry.project.write import Rewrite

_COLOURS = (
    ("---", Colour.STRONG),
    ("+++", Colour.STRONG),
    ("@@", Colour.NOTE),
    ("-", Colour.REMOVED),
    ("+", Colour.ADDED),
)
_NO_NEWLINE = "\n\\ No newline at end of file\n"
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
"""The letters of the escapes, by code."""


def diff_output(rewrites: Iterable[Rewrite], screen: Screen) -> str:
    """Return the diff of `rewrites` for standard output, which writes to `screen`.

    It is styled on a terminal, else byte-exact for `git apply`.
    """
    diff = unified_diff_text(rewrites)
    if not screen.coloured and not is_terminal(sys.stdout):
        return diff
    return "\n".join(_styled(line, screen) for line in diff.split("\n"))


def _styled(line: str, screen: Screen) -> str:
    escaped = escape_controls(line.removesuffix("\r"))
    for prefix, colour in _COLOURS:
        if line.startswith(prefix):
            return screen.style(escaped, colour)
    return escaped


def unified_diff_text(rewrites: Iterable[Rewrite]) -> str:
    """Return the diff of `rewrites`, with the line ends of the files."""
    from difflib import unified_diff

    lines: list[str] = []
    for rewrite in rewrites:
        before, after = _lines(rewrite.before), _lines(rewrite.after)
        old, new = _quoted(f"a/{rewrite.path}"), _quoted(f"b/{rewrite.path}")
        lines += unified_diff(before, after, old, new)
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def _quoted(path: str) -> str:
    """Return `path` as git writes it: quoted if it has quotes or unprintable characters."""
    if path.isprintable() and not any(char in path for char in '"\\'):
        return path
    return f'"{"".join(map(_quoted_byte, os.fsencode(path)))}"'


def _quoted_byte(code: int) -> str:
    if code in _ESCAPES:
        return f"\\{_ESCAPES[code]}"
    return chr(code) if 0x20 <= code < 0x7F else f"\\{code:03o}"


def _lines(text: str) -> list[str]:
    """Return the lines of `text`, split at LF only, with their line ends."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])
