"""Text that changes in place on a terminal: a progress bar, and a whole window."""

import os
from time import monotonic
from typing import Self, TextIO

from port_registry.output.terminal import ColourChoice, escape_controls, is_terminal, screen_of

_DELAY = 0.5
"""Seconds until the bar appears."""
_INTERVAL = 0.1
"""Seconds between two updates."""
_CELLS = 24

_OPEN = "\x1b[?1049h\x1b[?25l"
"""Switches to the alternate screen and hides the cursor (xterm's private modes)."""
_CLOSE = "\x1b[?25h\x1b[?1049l"

_FALLBACK_HEIGHT = 24


class ProgressBar:
    """A progress bar on one line of a terminal, which it leaves empty at the end of a `with` block.

    It is a `port_registry.project.progress.Progress`, and shows nothing where the stream is
    not a terminal or the run is short.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if is_terminal(stream) else None
        self._width = screen_of(stream, ColourChoice.NEVER).width
        self._next = monotonic() + _DELAY
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self, done: int, total: int, item: str) -> None:
        """Draw the bar, unless it was drawn a moment ago."""
        now = monotonic()
        if self._stream is None or now < self._next:
            return
        self._next = now + _INTERVAL
        self._drawn = True
        filled = _CELLS * done // max(total, 1)
        line = f"[{'#' * filled}{'.' * (_CELLS - filled)}] {done}/{total} {escape_controls(item)}"
        self._stream.write(f"\r{line[: self._width - 1]}\x1b[K")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the bar."""
        if self._drawn and self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False


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
