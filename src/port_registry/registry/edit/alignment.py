"""Columns that stay where they are when what is before them changes its length."""

from port_registry.model import Edit, Span
from port_registry.registry.edit.binding_lines import (
    comment_of,
    is_sign_aligned,
    neighbours,
    sign_at,
)
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding


def in_columns(
    ground: EditableRegistry, leaf: EntryBinding, edits: tuple[Edit, ...]
) -> tuple[Edit, ...]:
    """Return `edits`, which change a line of `leaf`, with what keeps its columns.

    The sign of assignment and the comment stay in their columns where neighbours have theirs
    in the same ones, or the gap before them shows that they were put there.
    """
    page = ground.page
    if not page.begins_line(leaf.start) or any("\n" in edit.text for edit in edits):
        return edits
    line = page.line_start(leaf.start)
    own = [edit for edit in edits if page.line_start(edit.span.start) == line]
    near = neighbours(page, ground.children(leaf.category), leaf)
    named = [edit for edit in own if edit.span == leaf.entry.name_span]
    if named and is_sign_aligned(ground, near):
        edits, growth = _with_sign(ground, leaf, edits, named[0])
        grown = sum(map(_growth, own)) - _growth(named[0]) + growth
    else:
        grown = sum(map(_growth, own))
    return _with_comment(ground, leaf, edits, grown)


def _growth(edit: Edit) -> int:
    return len(edit.text) - (edit.span.end - edit.span.start)


def _with_sign(
    ground: EditableRegistry, leaf: EntryBinding, edits: tuple[Edit, ...], naming: Edit
) -> tuple[tuple[Edit, ...], int]:
    """Return `edits` with the gap behind the new name as wide as needed.

    Returns too by how much the line grows before the sign.
    """
    path, start, _ = naming.span
    sign = sign_at(ground, leaf)
    width = max(len(naming.text) + 1, sign - start)
    padded = Edit(Span(path, start, sign), naming.text.ljust(width))
    return tuple(padded if edit is naming else edit for edit in edits), width - (sign - start)


def _with_comment(
    ground: EditableRegistry, leaf: EntryBinding, edits: tuple[Edit, ...], grown: int
) -> tuple[Edit, ...]:
    """Return `edits` with the gap before the comment behind the binding as wide as needed."""
    page = ground.page
    mark = comment_of(page, leaf)
    if mark is None or not grown:
        return edits
    column, gap = mark
    others = neighbours(page, ground.children(leaf.category), leaf)
    shared = [comment_of(page, other) for other in others if other is not leaf]
    is_kept = gap > 1 or any(other is not None and other[0] == column for other in shared)
    at = leaf.start + column
    if not is_kept or any(edit.span.end > at - gap for edit in edits if edit.span.start < at):
        return edits
    path, blank = ground.source.path, " " * max(1, gap - grown)
    meeting = next((edit for edit in edits if edit.span.end == at - gap), None)
    if meeting is None:
        return (*edits, Edit(Span(path, at - gap, at), blank))
    joined = Edit(Span(path, meeting.span.start, at), meeting.text + blank)
    return tuple(joined if edit is meeting else edit for edit in edits)


def comment_column(ground: EditableRegistry, leaf: EntryBinding) -> str:
    """Return the white space between a binding and a comment that is put behind it.

    It ends in the column that the comments of neighbours share.
    """
    page = ground.page
    near = neighbours(page, ground.children(leaf.category), leaf)
    marks = [mark for mark in (comment_of(page, other) for other in near) if mark is not None]
    columns = {column for column, _ in marks}
    if len(marks) < 2 or len(columns) != 1:
        return " "
    return " " * max(1, columns.pop() - (leaf.end - leaf.start))
