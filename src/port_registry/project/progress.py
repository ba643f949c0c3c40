"""Interface for progress reports."""

from typing import Protocol


class Progress(Protocol):
    """A receiver of progress reports."""

    def step(self, done: int, total: int, item: str) -> None:
        """Report that `done` of `total` steps are done and `item` is next."""
        ...


class NoProgress:
    """A receiver that ignores all reports."""

    def step(self, done: int, total: int, item: str) -> None:
        """Do nothing."""
