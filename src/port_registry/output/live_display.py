"""A text that changes in place on a terminal."""

import os
from typing import TextIO

_OPEN = "\x1b[?1049h\x1b[?25l"
"""To the other screen of the terminal, without a cursor (xterm's private modes)."""
_CLOSE = "\x1b[?25h\x1b[?1049l"


class Window:
    """The whole of a terminal, given back as it was when it is closed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._put(_OPEN)

    def show(self, text: str) -> None:
        """Show `text` in place of what was there: as much of it as there is room for."""
        height = self._height()
        lines = text.splitlines()
        if len(lines) > height:
            more = len(lines) - height + 1
            lines = [*lines[: height - 1], f"… {more} more lines"]
        # Each line is cleared behind its end, and what is below the last, so nothing flickers.
        self._put("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")

    def close(self) -> None:
        """Give the terminal back."""
        self._put(_CLOSE)

    def _height(self) -> int:
        try:
            return max(os.get_terminal_size(self._stream.fileno()).lines, 2)
        except (OSError, ValueError):
            return 24

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
