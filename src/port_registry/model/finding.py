"""Findings, the edits and fixes that remove them."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.span import Span


class Severity(Enum):
    """How much a finding matters."""

    ERROR = "error"
    """Something fails, now or at the next start."""
    WARNING = "warning"
    """Works today, and will break or mislead."""
    NOTE = "note"
    """A habit or a hint."""


class Safety(Enum):
    """Whether a fix can be applied without a person's look."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Edit(NamedTuple):
    """Put `text` in place of what `span` covers; an insertion where the span is empty."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A set of edits that removes a finding; applied all or none."""

    message: str
    """What it does, in the imperative: "write 6380"."""
    safety: Safety
    edits: tuple[Edit, ...]
    """Disjoint; at least one."""


class Related(NamedTuple):
    """A second place that a finding speaks of."""

    message: str
    span: Span


class Finding(NamedTuple):
    """One instance of a rule's disagreement, with its places."""

    rule: str
    severity: Severity
    """The rule's own; configuration may change it on the way to the report."""
    message: str
    """One line; names the entries; says what is wrong, and what to do."""
    span: Span
    entries: tuple[str, ...] = ()
    """The names of the entries concerned, as `show_name` gives them."""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
