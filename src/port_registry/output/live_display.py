"""Text that changes in place on a terminal."""

import os
from typing import TextIO

_OPEN = "\x1b[?1049h\x1b[?25l"
"""Switches to the alternate screen and hides the cursor (xterm's private modes)."""
_CLOSE = "\x1b[?25h\x1b[?1049l"

_FALLBACK_HEIGHT = 24


class Window:
    """A whole terminal, which is restored when the window is closed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._write(_OPEN)

    def show(self, text: str) -> None:
        """Show `text` in place of the previous one, as many of its lines as fit."""
        height = self._height()
        lines = text.splitlines()
        if len(lines) > height:
            more = len(lines) - height + 1
            lines = [*lines[: height - 1], f"… {more} more lines"]
        # Clearing the end of each line, and what is below the last, does not flicker.
        self._write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")

    def close(self) -> None:
        """Restore the terminal."""
        self._write(_CLOSE)

    def _height(self) -> int:
        try:
            return max(os.get_terminal_size(self._stream.fileno()).lines, 2)
        except (OSError, ValueError):
            return _FALLBACK_HEIGHT

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
