"""The proof that a change left everything else as it was."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.changes.uses.blocked_uses import position
from port_registry.changes.uses.listing import written_uses
from port_registry.matching.project import Project
from port_registry.model import BlockedUse, Finding, KeyPath, Reader, Renaming, Span, format_name

_Named = tuple[str, str, KeyPath]
"""A file, what stands there, and the name that it leads to."""


def lost(before: Project, after: Project, renaming: Renaming) -> Iterator[BlockedUse]:
    """Yield the references that do not lead to the same entries any more."""
    there = Counter(named for named, _ in _references(after))
    for (path, what, name), span in _references(before):
        wanted = (path, what, renaming.of(name))
        if there[wanted]:
            there[wanted] -= 1
        else:
            shown = format_name(tuple(step or "…" for step in name))
            message = f"this reference to {shown} would lead elsewhere"
            yield BlockedUse(span, message, "choose another name, or change all of it by hand")


def _references(project: Project) -> Iterator[tuple[_Named, Span]]:
    for reference in project.references:
        span = reference.span
        yield (span.path, reference.registry, reference.name), span
    for use in written_uses(project.machines):
        if use.entry:
            yield (use.span.path, f"{use.service} {use.place.value}", use.entry), use.span


class CheckedFindings(NamedTuple):
    """What a check finds, and the files that it found it in."""

    findings: tuple[Finding, ...]
    reader: Reader


def worse(before: CheckedFindings, after: CheckedFindings, renaming: Renaming) -> list[Finding]:
    """Return the findings of `after` that `before` has not.

    What is found in the same line as before is no new finding, nor is what is found of the
    same entries in the same file, nor what takes the place of one that is gone there.
    """
    names = {format_name(renaming.old): format_name(renaming.new)}
    old = [_known(finding, before.reader, names) for finding in before.findings]
    new = [_known(finding, after.reader, names) for finding in after.findings]
    for size in (_WHOLE, _WHOLE - 1, _WHOLE - 2):
        seen = Counter(one.key[:size] for one in new)
        known = Counter(one.key[:size] for one in old)
        old, new = _beyond(old, size, seen), _beyond(new, size, known)
    return [one.finding for one in new]


class _KnownFindings(NamedTuple):
    """A finding, and what it is known again by: the more of it is the same the better."""

    finding: Finding
    key: tuple[object, ...]


_WHOLE = 3


def _known(finding: Finding, reader: Reader, names: dict[str, str]) -> _KnownFindings:
    entries = tuple(names.get(name, name) for name in finding.entries)
    line = position(reader, finding.span).line
    return _KnownFindings(finding, ((finding.rule, finding.span.path), entries, line))


def _beyond(
    found: list[_KnownFindings], size: int, known: Counter[tuple[object, ...]]
) -> list[_KnownFindings]:
    """Return those of `found` that are more than there are `known` of their kind."""
    left = known.copy()
    beyond: list[_KnownFindings] = []
    for one in found:
        if left[one.key[:size]]:
            left[one.key[:size]] -= 1
        else:
            beyond.append(one)
    return beyond
