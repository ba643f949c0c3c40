"""Move of a binding, with its comments, to another category."""

from collections.abc import Iterator

from port_registry.model import Edit, Name, Span
from port_registry.registry.edit import entry_spec, insertion_point, value_styles
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.nixos_options import declares_options
from port_registry.registry.edit.remove import Edits, removals
from port_registry.registry.edit.text_lines import dedented


def move_edits(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Iterator[Edits]:
    """Yield the edits that remove `binding` and insert it where `name` belongs."""
    if not binding.is_written():
        return
    spelled = entry_spec.leaf_fields(entry_spec.stated_spec(binding.entry), editable.dialect)

    def values(model: EntryBinding | None) -> Iterator[entry_spec.RenderedValue]:
        if binding.is_table():
            yield entry_spec.RenderedValue(editable.dialect.leaf(spelled))
        elif declares_options(editable, binding.category) == declares_options(editable, name[:-1]):
            yield from dict.fromkeys(_verbatim(editable, binding))
        else:
            for spec in (entry_spec.stated_spec(binding.entry), entry_spec.spec_of(binding.entry)):
                yield from value_styles.rendered_values(editable, spec._replace(name=name), model)

    if editable.table(name[:-1]) is None:
        yield from _in_place(editable, binding, name)
    new_binding = insertion_point.NewBinding(name, binding.entry.ports, values, spelled, binding)
    for addition in insertion_point.insertions(editable, new_binding):
        for removal in removals(editable, binding):
            edits = _combined(removal, addition)
            if edits:
                yield edits


def _in_place(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Iterator[Edits]:
    """Yield the edit of a dotted name that contains all parts that change."""
    parts, dialect = editable.spelled_parts(binding), editable.dialect
    old, new = editable.full_path(binding.entry.name), editable.full_path(name)
    holder = len(old) - len(parts)
    if len(parts) > 1 and old[:holder] == new[:holder] and holder < len(new) - 1:
        kept = editable.common_depth(binding.entry.name, name) - holder
        head = ".".join([*parts[:kept], *map(dialect.key, new[holder + kept :])])
        span = Span(editable.source.path, binding.name_start, binding.entry.name_span.end)
        yield (Edit(span, head),)


def _combined(removal: Edits, addition: Edit) -> Edits:
    """Return both edits, joined where they touch; none where one is inside the other."""
    at = addition.span.start
    for edit in removal:
        _, start, end = edit.span
        if addition.span.end == at in (start, end):
            joined = edit._replace(text=edit.text + addition.text)
            return tuple(joined if other is edit else other for other in removal)
        if start <= addition.span.end and at <= end:
            return ()
    return (*removal, addition)


def _verbatim(
    editable: EditableRegistry, binding: EntryBinding
) -> Iterator[entry_spec.RenderedValue]:
    """Yield the value as written, with its comments at their position, then after it."""
    text_lines, text = editable.text_lines, editable.source.text
    indent = text_lines.indent(binding.start)
    value = dedented(editable.source.slice(editable.value_span(binding)), indent)
    stop = editable.after_separator(binding.end)
    rest = text_lines.rest_of_line(stop).strip(" \t")
    is_own_line = text_lines.begins_line(binding.start) and text_lines.ends_line(stop)
    comment = rest.removeprefix("#").strip() if rest.startswith("#") and is_own_line else ""
    top, start = text_lines.comment_top(binding.start), text_lines.line_start(binding.start)
    words = binding.entry.description.split()
    if is_own_line and words and words[0] in text[top:start]:
        lines = text[top:start].replace("\r\n", "\n").splitlines()
        above = tuple(line.removeprefix(indent) for line in lines)
        yield entry_spec.RenderedValue(value, comment, above)
    yield entry_spec.RenderedValue(value, comment)
    description = "" if binding.is_structured() else binding.entry.description
    yield entry_spec.RenderedValue(value, " ".join(description.split()))
    spec = entry_spec.spec_of(binding.entry)._replace(description=description)
    yield from entry_spec.commented_values(spec, value, editable.dialect)
