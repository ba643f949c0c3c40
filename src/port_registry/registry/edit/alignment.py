"""Alignment of assignments and comments in columns."""

from port_registry.model import Edit, Span
from port_registry.registry.edit import binding_lines
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding


def keep_alignment(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...]
) -> tuple[Edit, ...]:
    """Return `edits`, which change a line of `binding`, with those that keep its columns.

    The assignment and the comment stay in their columns where those of neighbours are in the
    same columns, or the gap before them shows that they are aligned on purpose.
    """
    text_lines = editable.text_lines
    if not text_lines.begins_line(binding.start) or any("\n" in edit.text for edit in edits):
        return edits
    line = text_lines.line_start(binding.start)
    own = [edit for edit in edits if text_lines.line_start(edit.span.start) == line]
    nearby = binding_lines.neighbours(text_lines, editable.children(binding.category), binding)
    renaming = [edit for edit in own if edit.span == binding.entry.name_span]
    growth = sum(map(_growth, own))
    if renaming and binding_lines.assignment_column(editable, nearby) is not None:
        edits, name_growth = _with_assignment(editable, binding, edits, renaming[0])
        growth += name_growth - _growth(renaming[0])
    return _with_comment(editable, binding, edits, growth)


def _growth(edit: Edit) -> int:
    """Return by how many characters `edit` lengthens the text."""
    return len(edit.text) - (edit.span.end - edit.span.start)


def _with_assignment(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...], renaming: Edit
) -> tuple[tuple[Edit, ...], int]:
    """Return `edits` with the gap after the new name adjusted.

    Returns also by how many characters the line grows before the assignment.
    """
    path, start, _ = renaming.span
    sign = binding_lines.assignment_offset(editable, binding)
    width = max(len(renaming.text) + 1, sign - start)
    padded = Edit(Span(path, start, sign), renaming.text.ljust(width))
    return tuple(padded if edit is renaming else edit for edit in edits), width - (sign - start)


def _with_comment(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...], growth: int
) -> tuple[Edit, ...]:
    """Return `edits` with the gap before the comment after the binding adjusted."""
    text_lines = editable.text_lines
    comment = binding_lines.comment_of(text_lines, binding)
    if comment is None or not growth:
        return edits
    column, gap = comment
    others = binding_lines.neighbours(text_lines, editable.children(binding.category), binding)
    shared = [
        binding_lines.comment_of(text_lines, other) for other in others if other is not binding
    ]
    is_kept = gap > 1 or any(other is not None and other[0] == column for other in shared)
    at = binding.start + column
    if not is_kept or any(edit.span.end > at - gap for edit in edits if edit.span.start < at):
        return edits
    path, blank = editable.source.path, " " * max(1, gap - growth)
    adjacent = next((edit for edit in edits if edit.span.end == at - gap), None)
    if adjacent is None:
        return (*edits, Edit(Span(path, at - gap, at), blank))
    joined = Edit(Span(path, adjacent.span.start, at), adjacent.text + blank)
    return tuple(joined if edit is adjacent else edit for edit in edits)


def comment_gap(editable: EditableRegistry, binding: EntryBinding) -> str:
    """Return the white space between a binding and a new comment after it.

    It ends in the column that the comments of neighbours share.
    """
    text_lines = editable.text_lines
    nearby = binding_lines.neighbours(text_lines, editable.children(binding.category), binding)
    marks = [
        mark
        for other in nearby
        if (mark := binding_lines.comment_of(text_lines, other)) is not None
    ]
    columns = {column for column, _ in marks}
    if len(marks) < 2 or len(columns) != 1:
        return " "
    return " " * max(1, columns.pop() - (binding.end - binding.start))
