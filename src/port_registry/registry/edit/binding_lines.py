"""Lines of new bindings, in the style of those around them."""

from itertools import pairwise

from port_registry.model import Name
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
    lead = len(head) + dialect.assignment.index(_sign(dialect))
    pad = "" if sign is None else " " * (sign - lead)
    line = f"{head}{pad}{dialect.assignment}{rendered.value}{dialect.terminator}"
    if rendered.comment and "\n" not in line:
        comments = [comment for other in nearby if (comment := comment_of(text_lines, other))]
        columns = {column for column, _ in comments}
        gap = 1
        if len(comments) > 1 and len(columns) == 1:
            gap = max(1, comments[0][0] - len(line))
        elif comments and len({width for _, width in comments}) == 1:
            gap = max(1, comments[0][1])
        line += " " * gap + f"{dialect.comment_sign}{rendered.comment}"
    elif rendered.comment:
        line += f" {dialect.comment_sign}{rendered.comment}"
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
    columns = {
        _column(editable.text_lines, binding, assignment_offset(editable, binding))
        for binding in nearby
    }
    lengths = {binding.entry.name_span.end - binding.start for binding in nearby}
    if len(columns) != 1 or len(lengths) < 2:
        return None
    column = columns.pop()
    return column if column >= 0 else None


def _column(text_lines: TextLines, binding: EntryBinding, at: int) -> int:
    """Return the column of `at` from the start of the binding; -1 on another line."""
    is_same_line = text_lines.line_start(at) == text_lines.line_start(binding.start)
    return at - binding.start if is_same_line else -1


def assignment_offset(editable: EditableRegistry, binding: EntryBinding) -> int:
    """Return the offset of the assignment of a binding."""
    return editable.source.text.find(_sign(editable.dialect), binding.entry.name_span.end)


def _sign(dialect: Dialect) -> str:
    return dialect.assignment.strip()


def are_separated(text_lines: TextLines, siblings: list[EntryBinding]) -> bool:
    """Return whether blank lines separate all of the bindings."""
    pairs = list(pairwise(siblings))
    return bool(pairs) and all(text_lines.follows_blank_line(second.start) for _, second in pairs)
