"""Text for people: its width and colours, escaped characters, counted nouns, and errors."""

import os
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from typing import TextIO

from port_registry.model import NamedTuple, PortRegistryError

_FALLBACK_WIDTH = 160
"""The width without a terminal: wide enough not to break most lines."""

_MIN_WIDTH = 40

_MAX_BUG_MESSAGE = 200


class Colour(Enum):
    """The styles in use, by their SGR parameters (ECMA-48, 8.3.117)."""

    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    STRONG = "1"
    FAINT = "2"
    FRAME = "1;34"
    GOOD = "1;32"
    ADDED = "32"
    REMOVED = "31"


class ColourChoice(Enum):
    """When to use colour."""

    AUTO = "auto"
    """On a terminal, unless the environment says otherwise."""
    ALWAYS = "always"
    NEVER = "never"


class Screen(NamedTuple):
    """The width and the colours of an output stream."""

    width: int
    """In columns."""
    coloured: bool

    def style(self, text: str, colour: Colour) -> str:
        """Return `text` in `colour`, where this screen has colours."""
        return f"\x1b[{colour.value}m{text}\x1b[0m" if self.coloured and text else text

    def note(self, text: str) -> str:
        """Return `text` as the line of a note."""
        return f"{self.style('note', Colour.NOTE)}: {text}\n"

    def hint(self, text: str) -> str:
        """Return `text` as the line of a hint; it is indented."""
        return f" {self.style('hint', Colour.NOTE)}: {text}\n"

    def error(self, text: str) -> str:
        """Return `text` as the line of an error."""
        return f"{self.style('error', Colour.ERROR)}: {text}\n"


def screen_of(stream: TextIO | None, choice: ColourChoice) -> Screen:
    """Return the screen that `stream` writes to.

    `COLUMNS` sets the width, `NO_COLOR` switches colours off and `FORCE_COLOR` on where the
    choice is AUTO (each where it is set and not empty), `TERM=dumb` has none.
    """
    return Screen(terminal_width(stream, _FALLBACK_WIDTH), _has_colours(stream, choice))


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person may be watching `stream`."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _has_colours(stream: TextIO | None, choice: ColourChoice) -> bool:
    if choice is not ColourChoice.AUTO:
        return choice is ColourChoice.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def terminal_width(stream: TextIO | None, fallback: int) -> int:
    """Return the width that `COLUMNS` sets, or else that of the terminal, or else `fallback`."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns[:6]) if columns.isascii() and columns.isdigit() else 0
    if not width and stream is not None and is_terminal(stream):
        with suppress(OSError, ValueError):
            width = os.get_terminal_size(stream.fileno()).columns
    return max(width or fallback, _MIN_WIDTH)


def escape_controls(text: str) -> str:
    r"""Return `text` with control and invisible characters escaped, such as `\x1b`.

    That includes line and paragraph separators, and the marks that reverse the direction of
    text; a tab becomes four spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped_char(char) for char in text)


def _escaped_char(char: str) -> str:
    if char == "\t":
        return "    "
    if char.isprintable() or char == "\u3000":
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def display_width(text: str) -> int:
    """Return how many columns `text`, in which control characters are escaped, takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    wide = sum(east_asian_width(char) in "WF" for char in text)
    combining = sum(category(char) in ("Mn", "Me") for char in text)
    return len(text) + wide - combining


def wrap(text: str, width: int, first: int, indent: int) -> list[str]:
    """Return `text`, broken at spaces into lines of at most `width` columns.

    The first line has `first` columns less; later ones begin with `indent` spaces. A word
    that is longer than a line has a line of its own.
    """
    if first + len(text) <= width and text.isascii() and not text.startswith(" "):
        return [text]
    lines: list[str] = []
    line, used = "", first
    for word in text.split(" "):
        size = display_width(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = " " * indent + word, indent + size
        else:
            used += size + (1 if line else 0)
            line = f"{line} {word}" if line else word
    return [*lines, line]


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `number` with its noun; `plural` is needed where it does not end in `s`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def first_few(texts: Sequence[str], most: int) -> str:
    """Return the first `most` of `texts`, and how many more there are."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more} more" if more > 0 else "")


def error_text(error: PortRegistryError, screen: Screen) -> str:
    """Return the message of an expected error, with its hint."""
    hint = "" if error.hint is None else screen.hint(escape_controls(error.hint))
    return screen.error(escape_controls(str(error))) + hint


def bug_text(error: Exception, screen: Screen, what: str = "unexpected error") -> str:
    """Return the message of an unexpected error, with how to report it."""
    message = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_BUG_MESSAGE]
    return (
        f"{screen.style('bug', Colour.ERROR)}: {what}: {escape_controls(message)}\n"
        + screen.hint(
            "please report it, with the traceback that the same command prints with "
            "PORT_REGISTRY_DEBUG=1"
        )
    )
