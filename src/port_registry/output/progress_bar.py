"""Progress bar."""

from time import monotonic
from typing import Self, TextIO

from port_registry.output.terminal import ColourChoice, escape_controls, is_terminal, screen_of

_DELAY = 0.5
"""Seconds until the bar appears."""
_INTERVAL = 0.1
"""Seconds between two updates."""
_CELLS = 24


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
