"""Verification that a change left everything else as it was, and the errors if not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from port_registry import model
from port_registry.changes.entry_uses import uses_outside_hosts
from port_registry.matching.project import Project

_ReferenceKey = tuple[str, str, model.KeyPath]
"""A file, the registry or the use, and the name that is referred to."""


def lost_references(
    before: Project, after: Project, renaming: model.Renaming
) -> Iterator[model.BlockedUse]:
    """Yield the references that no longer lead to the same entries."""
    remaining = Counter(key for key, _ in _references(after))
    for (path, context, name), span in _references(before):
        expected = (path, context, renaming.of(name))
        if remaining[expected]:
            remaining[expected] -= 1
        else:
            shown = model.format_name(tuple(step or "…" for step in name))
            message = f"this reference to {shown} would lead elsewhere"
            hint = "choose another name, or change all of it by hand"
            yield model.BlockedUse(span, message, hint)


def _references(project: Project) -> Iterator[tuple[_ReferenceKey, model.Span]]:
    for reference in project.references:
        span = reference.span
        yield (span.path, reference.registry, reference.name), span
    for use in uses_outside_hosts(project.machines):
        if use.entry:
            yield (use.span.path, f"{use.service} {use.place.value}", use.entry), use.span


class KeyedFinding(model.NamedTuple):
    """A finding with a key by which it is recognised; a longer prefix is a better match."""

    finding: model.Finding
    key: tuple[object, ...]


def new_findings(old: list[KeyedFinding], new: list[KeyedFinding]) -> list[model.Finding]:
    """Return the findings of `new`, those after a change, that `old` does not have.

    A finding is not new if there was one of the same rule in the same line, or one with the
    same entries in the same file, or one in the same file that is gone now.
    """
    for size in (_KEY_SIZE, _KEY_SIZE - 1, _KEY_SIZE - 2):
        new_counts = Counter(keyed.key[:size] for keyed in new)
        old_counts = Counter(keyed.key[:size] for keyed in old)
        old, new = _unmatched(old, size, new_counts), _unmatched(new, size, old_counts)
    return [keyed.finding for keyed in new]


_KEY_SIZE = 3


def keyed_findings(
    findings: Iterable[model.Finding], reader: model.Reader, renaming: model.Renaming
) -> list[KeyedFinding]:
    """Return `findings` with their keys; `reader` reads the files that were checked."""
    names = {model.format_name(renaming.old): model.format_name(renaming.new)}
    keyed: list[KeyedFinding] = []
    for finding in findings:
        entries = tuple(names.get(name, name) for name in finding.entries)
        line = position_of(reader, finding.span).line
        key = ((finding.rule, finding.span.path), entries, line)
        keyed.append(KeyedFinding(finding, key))
    return keyed


def _unmatched(
    findings: list[KeyedFinding], size: int, counts: Counter[tuple[object, ...]]
) -> list[KeyedFinding]:
    """Return those of `findings` that exceed the `counts` of their keys of `size`."""
    unmatched: list[KeyedFinding] = []
    for keyed in findings:
        if counts[keyed.key[:size]]:
            counts[keyed.key[:size]] -= 1
        else:
            unmatched.append(keyed)
    return unmatched


_MOST_SHOWN = 4
"""The number of positions that a message lists."""


class BlockedUseError(model.PortRegistryError):
    """Something cannot be changed everywhere, so it is changed nowhere."""


def blocked_error(
    reader: model.Reader, blocked: Sequence[model.BlockedUse], others_are: str = "so it is"
) -> BlockedUseError:
    """Return the error for `blocked`, the uses that cannot be changed, of which there is one."""
    first, *others = blocked
    message = f"{first.message}; nothing was changed"
    if others:
        positions = format_positions(reader, [use.span for use in others])
        message += f" (and {others_are} at {positions})"
    return BlockedUseError(
        message, path=first.span.path, position=position_of(reader, first.span), hint=first.hint
    )


def format_positions(reader: model.Reader, spans: Sequence[model.Span]) -> str:
    """Return the positions of `spans`, `modules/web.nix:3:9`; of many only the first ones."""
    positions: list[str] = []
    for span in spans[:_MOST_SHOWN]:
        line, column = position_of(reader, span)
        positions.append(f"{span.path}:{line}:{column}")
    more = len(spans) - _MOST_SHOWN
    return ", ".join(positions) + (f" and {more} more" if more > 0 else "")


def position_of(reader: model.Reader, span: model.Span) -> model.Position:
    """Return the start of `span`; in a file that cannot be read, that of the error."""
    try:
        return reader.read(span.path).position(span.start)
    except model.SourceError as error:
        return error.position or model.Position(1, 1)
