"""How the engine says how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Is told of each step; most are not worth showing."""

    def step(self, done: int, total: int, item: str) -> None:
        """Take note that `done` of `total` steps are done and `item` comes next."""
        ...


class NoProgress:
    """Tells nobody."""

    def step(self, done: int, total: int, item: str) -> None:
        """Do nothing."""
