"""Edits of the description and the protocols of a binding."""

from collections.abc import Iterator

from port_registry.languages.data_tree import StringNode, TableNode, attribute_of
from port_registry.model import Edit, Span
from port_registry.registry.comments import DIRECTIVE
from port_registry.registry.edit.binding_lines import comment_gap
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, commented_values, leaf_fields
from port_registry.registry.edit.nixos_options import declares_options
from port_registry.registry.edit.remove import comment_end, cut


def metadata_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec, key: str
) -> Iterator[Edit]:
    """Yield the edits that give the binding the value of `key` in `spec`."""
    if not binding.is_written():
        return
    is_protocol = key == "protocol"
    # An option accepts only the attributes of the module system.
    if binding.is_structured() and not (
        is_protocol and declares_options(editable, binding.category)
    ):
        yield from _attribute_edits(editable, binding, spec, key)
    if editable.dialect.comment_sign and (not binding.is_structured() or is_protocol):
        yield from _comment_edits(editable, binding, spec)


def _attribute_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec, key: str
) -> Iterator[Edit]:
    """Yield the edits that change an attribute of a structured leaf, or add it."""
    node, dialect, text_lines = binding.raw_entry.item.node, editable.dialect, editable.text_lines
    if not isinstance(node, TableNode):
        return
    value = {field.name: field.value for field in leaf_fields(spec, dialect)}.get(key, '""')
    item = attribute_of(node, key) or (attribute_of(node, f"{key}s") if key == "protocol" else None)
    if item is not None:
        own = Span(editable.source.path, *editable.extent_of(item))
        is_removable = own.start < own.end and not declares_options(editable, binding.category)
        if value == '""' and is_removable:
            yield from cut(editable, own, own.start)
        if isinstance(item.node, StringNode) and item.node.body is not None:
            yield Edit(item.node.body, value[1:-1])
        elif item.extent.path == editable.source.path:
            yield Edit(item.node.span, value)
        return
    extents = [editable.extent_of(other) for other in node.items]
    inside = [(start, end) for start, end in extents if binding.start <= start < end <= binding.end]
    if not inside:
        return
    start, end = max(inside)
    line = f"{dialect.key(key)}{dialect.assignment}{value}{dialect.terminator}"
    lead = text_lines.newline + text_lines.indent(start) if text_lines.begins_line(start) else " "
    between = "" if binding.is_table() else dialect.separator
    at = text_lines.line_end(end) if text_lines.begins_line(start) and not between else end
    yield editable.insertion(at, f"{between}{lead}{line}")


def _comment_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec
) -> Iterator[Edit]:
    """Yield the edits that change the comment after the binding, or add one."""
    spec = spec._replace(description="") if binding.is_structured() else spec
    comments = [rendered.comment for rendered in commented_values(spec, "", editable.dialect)]
    bare = spec._replace(description="")
    markers = [rendered.comment for rendered in commented_values(bare, "", editable.dialect)]
    span = _comment_span(editable, binding)
    if span is None:
        yield from () if binding.entry.description else _insert_above(editable, binding, comments)
        return
    if span.start == span.end and binding.entry.description and not binding.is_structured():
        # The comment above describes it, and is kept or replaced there.
        yield from _replace_above(editable, binding, comments)
        comments = [*markers, *comments]
    else:
        comments += markers
    if editable.source.slice(span).lstrip("#/* \t").startswith(DIRECTIVE):
        yield from _insert_above(editable, binding, comments)
        return
    for comment in dict.fromkeys(comments):
        yield from _comment_edit(editable, binding, span, comment)


def _comment_span(editable: EditableRegistry, binding: EntryBinding) -> Span | None:
    """Return the span of the comment after a binding; empty where one can be inserted.

    It is None where there is no room for one.
    """
    text_lines, path = editable.text_lines, editable.source.path
    stop = editable.after_separator(binding.end)
    end = text_lines.line_end(stop)
    rest = text_lines.text[stop:end]
    at = stop + len(rest) - len(rest.lstrip(" \t"))
    if text_lines.ends_line(stop):
        return Span(path, at, end) if at < end else Span(path, stop, end)
    own = comment_end(editable, binding)
    if own != binding.end:
        return Span(path, at, own)
    if editable.dialect.terminator and "/*" not in rest and "#" not in rest:
        return Span(path, stop, stop)
    return None


def _comment_edit(
    editable: EditableRegistry, binding: EntryBinding, span: Span, comment: str
) -> Iterator[Edit]:
    """Yield the edit that replaces the comment at `span`, or inserts one there."""
    text_lines, (path, start, end) = editable.text_lines, span
    is_new = start == end
    is_block = (
        not text_lines.ends_line(start) if is_new else text_lines.text.startswith("/*", start)
    )
    if comment and not (is_block and "*/" in comment):
        text = f"/* {comment} */" if is_block else f"{editable.dialect.comment_sign}{comment}"
        yield Edit(span, comment_gap(editable, binding) + text if is_new else text)
    elif not comment and not is_new:
        yield Edit(Span(path, len(text_lines.text[:start].rstrip(" \t")), end), "")


def _replace_above(
    editable: EditableRegistry, binding: EntryBinding, comments: list[str]
) -> Iterator[Edit]:
    """Yield the edits that replace the comment lines above the binding."""
    text_lines = editable.text_lines
    top, line = text_lines.comment_top(binding.start), text_lines.line_start(binding.start)
    above = " ".join(text_lines.text[top:line].replace("#", " ").split())
    for comment in comments if top < line else ():
        is_new = binding.entry.description not in comment and comment != above
        if is_new or not comment:
            text = _comment_line(editable, binding, comment) if comment else ""
            yield Edit(Span(editable.source.path, top, line), text)


def _insert_above(
    editable: EditableRegistry, binding: EntryBinding, comments: list[str]
) -> Iterator[Edit]:
    """Yield the edits that insert a comment line above the binding."""
    at = editable.text_lines.line_start(binding.start)
    if editable.text_lines.begins_line(binding.start) and not binding.is_table():
        for comment in filter(None, comments):
            yield editable.insertion(at, _comment_line(editable, binding, comment))


def _comment_line(editable: EditableRegistry, binding: EntryBinding, comment: str) -> str:
    """Return a comment line above the binding, with its line ending."""
    indent, newline = editable.text_lines.indent(binding.start), editable.text_lines.newline
    return f"{indent}{editable.dialect.comment_sign}{comment}{newline}"
