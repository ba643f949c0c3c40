"""Findings, and the fixes and edits that remove them."""

from bisect import bisect_left
from enum import Enum

from port_registry.model.named_tuple import NamedTuple
from port_registry.model.record import Record
from port_registry.model.span import Position, Span


class Severity(Enum):
    """The severity of a finding."""

    ERROR = "error"
    """Something fails, now or at the next start."""
    WARNING = "warning"
    """Something works now, and will break or mislead."""
    NOTE = "note"
    """A convention or a suggestion."""


class Safety(Enum):
    """Whether a fix can be applied without review."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(NamedTuple):
    """A replacement of `span` by `text`; an insertion where the span is empty."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A set of edits that removes a finding; all are applied, or none."""

    message: str
    """The action in the imperative: "write 6380"."""
    safety: Safety
    edits: tuple[Edit, ...]
    """Disjoint; at least one."""


class Related(NamedTuple):
    """A secondary location of a finding."""

    message: str
    span: Span


class Finding(Record):
    """One instance of a rule's disagreement, with its locations."""

    rule: str
    severity: Severity
    """That of the rule; configuration may change it before the report."""
    message: str
    """One line that names the entries, the fault, and the way out."""
    span: Span
    position: Position = Position(1, 1)
    """The line and column at which `span` starts; the check sets it."""
    entries: tuple[str, ...] = ()
    """The names of the entries concerned, as `format_name` returns them."""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None


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
