"""Lines of bindings, aligned with those around them."""

from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.languages import Dialect
from port_registry.registry.edit.text_lines import TextLines


def dotted_binding(dialect: Dialect, head: str, rendered: RenderedValue) -> list[str]:
    """Return the lines of `a.b = value;` with its comments; `head` is `a.b`."""
    line = f"{head}{dialect.assignment}{rendered.value}{dialect.terminator}"
    if rendered.comment:
        line += f" {dialect.comment_sign}{rendered.comment}"
    return [*rendered.above, *line.split("\n")]


def nested_binding(editable: EditableRegistry, name: Name, rendered: RenderedValue) -> list[str]:
    """Return the lines of `a = { b = value; };`, not indented."""
    dialect, step = editable.dialect, editable.text_lines.step
    *above, last = name
    heads = [dialect.path(tuple(above))] if dialect.terminator else list(map(dialect.key, above))
    lines = [f"{step * depth}{head}{dialect.assignment}{{" for depth, head in enumerate(heads)]
    inner = dotted_binding(dialect, dialect.key(last), rendered)
    lines += [f"{step * len(heads)}{line}" if line else "" for line in inner]
    lines += [f"{step * depth}}}{dialect.terminator}" for depth in reversed(range(len(heads)))]
    return lines


def binding_like(
    editable: EditableRegistry,
    siblings: list[EntryBinding],
    anchor: EntryBinding,
    head: str,
    rendered: RenderedValue,
) -> list[str]:
    """Return the lines of a binding of `head`, aligned with those around `anchor`."""
    dialect, text_lines = editable.dialect, editable.text_lines
    nearby = neighbours(text_lines, siblings, anchor)
    sign = assignment_column(editable, nearby)
    pad = "" if sign is None else " " * (sign - len(f"{head}{dialect.assignment}".rstrip()) + 1)
    line = f"{head}{pad}{dialect.assignment}{rendered.value}{dialect.terminator}"
    if rendered.comment:
        others = nearby if "\n" not in line else []
        comments = [comment for other in others if (comment := comment_of(text_lines, other))]
        columns = {column for column, _ in comments}
        gap = 1
        if len(comments) > 1 and len(columns) == 1:
            gap = max(1, comments[0][0] - len(line))
        elif comments and len({width for _, width in comments}) == 1:
            gap = max(1, comments[0][1])
        line += " " * gap + f"{dialect.comment_sign}{rendered.comment}"
    return [*rendered.above, *line.split("\n")]


def neighbours(
    text_lines: TextLines, siblings: list[EntryBinding], anchor: EntryBinding
) -> list[EntryBinding]:
    """Return those of `siblings` near `anchor` that have lines of their own, in its block.

    Blank lines separate blocks. Other blocks count where `anchor` is alone in its own.
    """
    at = siblings.index(anchor) if anchor in siblings else 0
    around = siblings[max(at - 2 * _NEAR, 0) : at + 2 * _NEAR]
    lined = [binding for binding in around if text_lines.begins_line(binding.start)]
    if anchor not in lined:
        return lined
    first = last = lined.index(anchor)
    start, stop = max(first - _NEAR, 0), min(last + _NEAR, len(lined) - 1)
    while first > start and not text_lines.follows_blank_line(lined[first].start):
        first -= 1
    while last < stop and not text_lines.follows_blank_line(lined[last + 1].start):
        last += 1
    block = lined[first : last + 1]
    return block if len(block) > 1 else lined[start : stop + 1]


_NEAR = 20
"""The number of bindings before and after another that determine its style."""


def comment_of(text_lines: TextLines, binding: EntryBinding) -> tuple[int, int] | None:
    """Return the column of a binding's comment, from its start, and the gap before it."""
    end = binding.end + text_lines.text.startswith(",", binding.end)
    rest = text_lines.rest_of_line(end)
    bare = rest.lstrip(" \t")
    if bare[:1] != "#" or "\n" in text_lines.text[binding.start : end]:
        return None
    gap = len(rest) - len(bare)
    return end + gap - binding.start, gap


def assignment_column(editable: EditableRegistry, nearby: list[EntryBinding]) -> int | None:
    """Return the column, from a binding's start, in which all have their assignment."""
    pairs = [(binding.start, assignment_offset(editable, binding)) for binding in nearby]
    line_start = editable.text_lines.line_start
    columns = {at - start if line_start(at) == line_start(start) else None for start, at in pairs}
    lengths = {binding.entry.name_span.end - binding.start for binding in nearby}
    return columns.pop() if len(columns) == 1 and len(lengths) > 1 else None


def assignment_offset(editable: EditableRegistry, binding: EntryBinding) -> int:
    """Return the offset of the assignment of a binding."""
    sign = editable.dialect.assignment.strip()
    return editable.source.text.index(sign, binding.entry.name_span.end)


def are_separated(text_lines: TextLines, siblings: list[EntryBinding]) -> bool:
    """Return whether blank lines separate all of the bindings."""
    later = siblings[1:]
    return bool(later) and all(text_lines.follows_blank_line(sibling.start) for sibling in later)


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
    nearby = neighbours(text_lines, editable.children(binding.category), binding)
    renaming = next((edit for edit in own if edit.span == binding.entry.name_span), None)
    growth = sum(map(_growth, own))
    if renaming is not None and assignment_column(editable, nearby) is not None:
        (path, start, _), sign = renaming.span, assignment_offset(editable, binding)
        width = max(len(renaming.text) + 1, sign - start)
        padded = Edit(Span(path, start, sign), renaming.text.ljust(width))
        edits = tuple(padded if edit is renaming else edit for edit in edits)
        growth += _growth(padded) - _growth(renaming)
    return _with_comment(editable, binding, edits, growth)


def _growth(edit: Edit) -> int:
    """Return by how many characters `edit` lengthens the text."""
    return len(edit.text) - (edit.span.end - edit.span.start)


def _with_comment(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...], growth: int
) -> tuple[Edit, ...]:
    """Return `edits` with the gap before the comment after the binding adjusted."""
    text_lines = editable.text_lines
    comment = comment_of(text_lines, binding)
    if comment is None or not growth:
        return edits
    column, gap = comment
    others = neighbours(text_lines, editable.children(binding.category), binding)
    shared = [comment_of(text_lines, other) for other in others if other is not binding]
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
    nearby = neighbours(text_lines, editable.children(binding.category), binding)
    marks = [mark for other in nearby if (mark := comment_of(text_lines, other)) is not None]
    columns = {column for column, _ in marks}
    if len(marks) < 2 or len(columns) != 1:
        return " "
    return " " * max(1, columns.pop() - (binding.end - binding.start))
