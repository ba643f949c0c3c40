"""Removal of an entry with its comment."""

from collections.abc import Iterator
from itertools import product

from port_registry.languages.data_tree import Attribute, TableNode
from port_registry.model import Edit, Span, format_name
from port_registry.registry.comments import NO_REMARK, parse_comment
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.refusals import reason_not_written
from port_registry.registry.edit.verify import ChangeTrial

Edits = tuple[Edit, ...]


def remove(editable: EditableRegistry, binding: EntryBinding) -> Edits:
    """Return the edits that remove `binding`.

    Raises `RefusedError` where it is not written in the file, or others depend on it.
    """
    trial = ChangeTrial(editable)
    for edits in removals(editable, binding):
        change = trial.attempt(edits)
        if change is not None and trial.is_as_intended(change, (binding.entry.name,), ()):
            return edits
    lead = f"`{format_name(binding.entry.name)}` cannot be removed: "
    hint = "remove it by hand, and run `port-registry check`"
    raise trial.refusal(lead, reason_not_written(editable, binding), hint)


def removals(editable: EditableRegistry, binding: EntryBinding) -> Iterator[Edits]:
    """Yield the edits that may remove `binding`, the best first.

    A category that has no other entry is removed with it; the set of all entries is kept.
    """
    if not binding.is_written():
        return
    text_lines, path = editable.text_lines, editable.source.path
    own, second = Span(path, binding.start, binding.end), binding.raw_entry.range_end
    top = text_lines.comment_top(binding.start) if binding.entry.description else binding.start
    if second is not None:
        other = Span(path, *editable.extent_of(second))
        for first, last in product(cut(editable, own, top), cut(editable, other, other.start)):
            if first.span.end <= last.span.start or last.span.end <= first.span.start:
                yield (first, last)
        return
    yield from ((edit,) for edit in _empty_set_edit(editable, binding))
    category = _sole_category(editable, binding)
    if category is not None:
        top_of_category = text_lines.comment_top(category.start)
        yield from ((edit,) for edit in cut(editable, category, top_of_category))
    for end in dict.fromkeys((comment_end(editable, binding), own.end)):
        yield from ((edit,) for edit in cut(editable, own._replace(end=end), top))


def comment_end(editable: EditableRegistry, binding: EntryBinding) -> int:
    """Return the end of the `/* … */` comment that describes `binding` within its line.

    It is the end of the binding without one: the rest of the line may belong to others.
    """
    rest = editable.text_lines.rest_of_line(binding.end)
    bare = rest.lstrip(" \t")
    text, closing, _ = bare.removeprefix("/*").partition("*/")
    remark = parse_comment(text)
    is_comment = bare.startswith("/*") and closing and remark != NO_REMARK
    if not is_comment or remark.description != binding.entry.description:
        return binding.end
    return binding.end + len(rest) - len(bare) + len("/*") + len(text) + len(closing)


def _empty_set_edit(editable: EditableRegistry, binding: EntryBinding) -> Iterator[Edit]:
    """Yield the edit that leaves an empty set in place of the last entry.

    It is needed where that entry's dotted name contains the path of all entries, so that
    later ones go to the same place.
    """
    prefix, parts = editable.registry.prefix, editable.spelled_parts(binding)
    spelled = len(prefix) - (len(editable.full_path(binding.entry.name)) - len(parts))
    if len(editable.bindings) == 1 and spelled > 0:
        dialect = editable.dialect
        empty = f"{'.'.join(parts[:spelled])}{dialect.assignment}{{ }}{dialect.terminator}"
        yield Edit(Span(editable.source.path, binding.start, binding.end), empty)


def _sole_category(editable: EditableRegistry, binding: EntryBinding) -> Span | None:
    """Return the extent of the outermost category whose only entry is `binding`."""
    outermost: Span | None = None
    for depth in range(len(binding.category), 0, -1):
        item = editable.item(binding.category[:depth])
        if item is None or not isinstance(item.node, TableNode) or len(item.node.items) > 1:
            break
        start, end = editable.extent_of(item)
        is_around = start <= binding.start < binding.end <= end
        if not is_around or not _is_plain(editable, item, item.node):
            break
        outermost = Span(editable.source.path, start, end)
    return outermost


def _is_plain(editable: EditableRegistry, item: Attribute, table: TableNode) -> bool:
    """Return whether the value of an attribute is a plain set with braces."""
    text, dialect = editable.source.text, editable.dialect
    before = text[item.key_span.end : table.span.start].strip()
    own = text[table.span.start : table.span.end]
    is_braced = own.endswith("}") and own.startswith(("{", "rec"))
    # A set of a dotted name, `a.b = 1;`, has no braces and is removed as a whole.
    return before == dialect.assignment.strip() if is_braced else own.endswith(";")


def cut(editable: EditableRegistry, binding: Span, top: int) -> Iterator[Edit]:
    """Yield the edits that may remove a binding, with its lines where it fills them.

    `top` is the offset of its comment lines above; in its own line where it has none.
    """
    text_lines, dialect = editable.text_lines, editable.dialect
    path, start, end = binding
    if text_lines.begins_line(start) and text_lines.ends_line(end):
        line, next_line = text_lines.line_start(start), text_lines.next_line(end)
        for first in dict.fromkeys((text_lines.line_start(top), line)):
            yield Edit(_without_gap(editable, Span(path, first, next_line)), "")
            yield Edit(Span(path, first, next_line), "")
        # A title above must not become the description of the next entry.
        yield Edit(Span(path, line, text_lines.line_end(end)), "")
    after = text_lines.text[end:]
    gap = len(after) - len(after.lstrip())
    if dialect.separator and after.lstrip().startswith(dialect.separator):
        following = after[gap + 1 :]
        blank = len(following) - len(following.lstrip())
        yield Edit(Span(path, start, end + gap + 1 + blank), "")
    before = text_lines.text[:start].rstrip()
    if dialect.separator and before.endswith(dialect.separator):
        yield Edit(Span(path, len(before) - 1, end), "")
    if text_lines.ends_line(editable.after_separator(end)) and not text_lines.begins_line(start):
        code_end = len(text_lines.text[:start].rstrip(" \t"))
        yield Edit(Span(path, code_end, text_lines.line_end(end)), "")
    if text_lines.begins_line(start):
        yield Edit(Span(path, start, end + len(after) - len(after.lstrip(" \t"))), "")
    yield Edit(Span(path, len(before), end), "")


def _without_gap(editable: EditableRegistry, lines: Span) -> Span:
    """Return `lines` with a blank line next to them that would be superfluous."""
    text_lines = editable.text_lines
    path, start, end = lines
    above = text_lines.line_start(start - 1) if start else start
    is_first = start == 0 or text_lines.text[above:start].rstrip().endswith(("{", "["))
    if end < len(text_lines.text) and text_lines.is_blank_line(end):
        if is_first or text_lines.is_blank_line(above):
            return Span(path, start, text_lines.next_line(end))
        return lines
    is_last = text_lines.text[end:].lstrip(" \t")[:1] in ("}", "")
    if start and is_last and text_lines.is_blank_line(above):
        return Span(path, above, end)
    return lines
