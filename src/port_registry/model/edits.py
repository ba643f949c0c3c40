"""Collection of compatible edits, applied to one text."""

from bisect import bisect_left

from port_registry.model.finding import Edit
from port_registry.model.named_tuple import NamedTuple


class Change(NamedTuple):
    """One replacement in one text."""

    start: int
    end: int
    text: str


class Edits:
    """The edits of one text: sorted, disjoint, and never two at the same offset."""

    __slots__ = ("_changes",)

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def accepts(self, edit: Edit) -> bool:
        """Return whether `edit` is already included, or touches no included edit."""
        change = Change(edit.span.start, edit.span.end, edit.text)
        at = bisect_left(self._changes, change)
        near = self._changes[max(at - 1, 0) : at + 1]
        return change in near or not any(
            change.start <= other.end and other.start <= change.end for other in near
        )

    def add(self, edit: Edit) -> None:
        """Add `edit`, which `accepts` must have accepted."""
        change = Change(edit.span.start, edit.span.end, edit.text)
        at = bisect_left(self._changes, change)
        if change not in self._changes[at : at + 1]:
            self._changes.insert(at, change)

    def apply(self, text: str) -> str:
        """Return `text` with every edit applied."""
        parts: list[str] = []
        offset = 0
        for change in self._changes:
            parts += (text[offset : change.start], change.text)
            offset = change.end
        return "".join((*parts, text[offset:]))
