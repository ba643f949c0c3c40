"""Move of a binding, with its comments, to another category."""

from collections.abc import Iterator

from port_registry.model import Edit, Name, Span
from port_registry.registry.edit import entry_spec
from port_registry.registry.edit.attribute_spelling import spelled_parts
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.insertion_point import NewBinding, insertions
from port_registry.registry.edit.nixos_options import declares_options
from port_registry.registry.edit.remove import removals
from port_registry.registry.edit.text_lines import dedented
from port_registry.registry.edit.value_formats import value_span
from port_registry.registry.edit.value_styles import rendered_values


def move_edits(
    editable: EditableRegistry, binding: EntryBinding, name: Name
) -> Iterator[tuple[Edit, ...]]:
    """Yield the edits that remove `binding` and insert it where `name` belongs."""
    if not binding.is_written():
        return
    spelled = entry_spec.leaf_fields(entry_spec.stated_spec(binding.entry), editable.dialect)

    def values(model: EntryBinding | None) -> Iterator[entry_spec.RenderedValue]:
        is_alike = declares_options(editable, binding.category) == declares_options(
            editable, name[:-1]
        )
        if binding.is_table():
            yield entry_spec.RenderedValue(editable.dialect.leaf(spelled))
        elif is_alike:
            yield from dict.fromkeys(_verbatim(editable, binding))
        else:
            yield from rendered_values(
                editable, entry_spec.stated_spec(binding.entry)._replace(name=name), model
            )
            yield from rendered_values(
                editable, entry_spec.spec_of(binding.entry)._replace(name=name), model
            )

    if editable.table(name[:-1]) is None:
        yield from _in_place(editable, binding, name)
    new_binding = NewBinding(name, binding.entry.ports, values, spelled, binding)
    for addition in insertions(editable, new_binding):
        for removal in removals(editable, binding):
            edits = _combined(removal, addition)
            if edits:
                yield edits


def _in_place(
    editable: EditableRegistry, binding: EntryBinding, name: Name
) -> Iterator[tuple[Edit, ...]]:
    """Yield the edit of a dotted name that contains all parts that change."""
    parts, dialect = spelled_parts(editable, binding), editable.dialect
    old, new = editable.full_path(binding.entry.name), editable.full_path(name)
    holder = len(old) - len(parts)
    if len(parts) > 1 and old[:holder] == new[:holder] and holder < len(new) - 1:
        kept = 0
        while (
            kept < min(len(parts), len(new) - holder) and old[holder + kept] == new[holder + kept]
        ):
            kept += 1
        head = ".".join([*parts[:kept], *map(dialect.key, new[holder + kept :])])
        yield (
            Edit(Span(editable.source.path, binding.name_start, binding.entry.name_span.end), head),
        )


def _combined(removal: tuple[Edit, ...], addition: Edit) -> tuple[Edit, ...]:
    """Return both edits, joined where they touch; none where one is inside the other."""
    at = addition.span.start
    merged = list(removal)
    for index, edit in enumerate(removal):
        path, start, end = edit.span
        if addition.span.end == at in (start, end):
            merged[index] = Edit(Span(path, start, end), edit.text + addition.text)
            return tuple(merged)
        if start <= addition.span.end and at <= end:
            return ()
    return (*removal, addition)


def _verbatim(
    editable: EditableRegistry, binding: EntryBinding
) -> Iterator[entry_spec.RenderedValue]:
    """Yield the value as written, with its comments at their position, then after it."""
    text_lines, text = editable.text_lines, editable.source.text
    indent = text_lines.indent(binding.start)
    value = dedented(editable.source.slice(value_span(editable, binding)), indent)
    stop = editable.after_separator(binding.end)
    rest = text_lines.rest_of_line(stop).strip(" \t")
    is_own_line = text_lines.begins_line(binding.start) and text_lines.ends_line(stop)
    comment = rest.removeprefix("#").strip() if rest.startswith("#") and is_own_line else ""
    top, start = text_lines.comment_top(binding.start), text_lines.line_start(binding.start)
    if is_own_line and _is_described_above(editable, binding, top):
        above = text[top:start].replace("\r\n", "\n").splitlines()
        yield entry_spec.RenderedValue(
            value, comment, tuple(line.removeprefix(indent) for line in above)
        )
    yield entry_spec.RenderedValue(value, comment)
    description = "" if binding.is_structured() else binding.entry.description
    yield entry_spec.RenderedValue(value, " ".join(description.split()))
    spec = entry_spec.spec_of(binding.entry)._replace(description=description)
    yield from entry_spec.commented_values(spec, value, editable.dialect)


def _is_described_above(editable: EditableRegistry, binding: EntryBinding, top: int) -> bool:
    """Return whether the comment lines from `top` on are the description of `binding`."""
    above = editable.source.text[top : editable.text_lines.line_start(binding.start)]
    words = binding.entry.description.split()
    return bool(words) and words[0] in above
