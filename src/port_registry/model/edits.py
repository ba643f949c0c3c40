"""Edits put together and carried out on texts."""

from bisect import bisect_left
from typing import NamedTuple

from port_registry.model.finding import Edit


class Change(NamedTuple):
    """One replacement in one text."""

    start: int
    end: int
    text: str


class Edits:
    """The edits of one text: disjoint, in order, and never two in one place."""

    __slots__ = ("_changes",)

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def accepts(self, edit: Edit) -> bool:
        """Return whether `edit` is there already, or touches none that is."""
        change = Change(edit.span.start, edit.span.end, edit.text)
        at = bisect_left(self._changes, change)
        near = self._changes[max(at - 1, 0) : at + 1]
        return change in near or not any(
            change.start <= other.end and other.start <= change.end for other in near
        )

    def add(self, edit: Edit) -> None:
        """Add `edit`, which must be one that `accepts` is true of."""
        change = Change(edit.span.start, edit.span.end, edit.text)
        at = bisect_left(self._changes, change)
        if change not in self._changes[at : at + 1]:
            self._changes.insert(at, change)

    def apply(self, text: str) -> str:
        """Return `text` with every edit carried out."""
        pieces: list[str] = []
        done = 0
        for change in self._changes:
            pieces += (text[done : change.start], change.text)
            done = change.end
        return "".join((*pieces, text[done:]))
