"""Edits of the description and the protocols of a binding."""

from collections.abc import Iterator

from port_registry.languages.data_tree import StringNode, TableNode, attribute_of
from port_registry.model import Edit, Span
from port_registry.registry.comments import DIRECTIVE
from port_registry.registry.edit.alignment import comment_gap
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, commented_values, leaf_fields
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.nixos_options import declares_options
from port_registry.registry.edit.remove import comment_end, cut

Edits = tuple[Edit, ...]


def metadata_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec, key: str
) -> Iterator[Edits]:
    """Yield the edits that give the binding the value of `key` in `spec`."""
    if not binding.is_written():
        return
    is_option = declares_options(editable, binding.category)
    # An option accepts only the attributes of the module system.
    if binding.is_structured() and not (is_option and key == "protocol"):
        yield from _attribute_edits(editable, binding, spec, key)
    if editable.dialect.comment_sign and (not binding.is_structured() or key == "protocol"):
        yield from _comment_edits(editable, binding, spec)


def _attribute_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec, key: str
) -> Iterator[Edits]:
    """Yield the edits that change an attribute of a structured leaf, or add it."""
    node, dialect, text_lines = binding.raw_entry.item.node, editable.dialect, editable.text_lines
    if not isinstance(node, TableNode):
        return
    field = next(
        (candidate for candidate in leaf_fields(spec, dialect) if candidate.name == key),
        Field(key, '""'),
    )
    item = attribute_of(node, key) or (attribute_of(node, f"{key}s") if key == "protocol" else None)
    if item is not None:
        is_option = declares_options(editable, binding.category)
        if field.value == '""' and not is_option:
            own = Span(editable.source.path, *editable.extent_of(item))
            for edit in cut(editable, own, own.start) if own.start < own.end else ():
                yield (edit,)
        if isinstance(item.node, StringNode) and item.node.body is not None:
            yield (Edit(item.node.body, field.value[1:-1]),)
        elif item.extent.path == editable.source.path:
            yield (Edit(item.node.span, field.value),)
        return
    extents = [editable.extent_of(other) for other in node.items]
    inside = [(start, end) for start, end in extents if binding.start <= start < end <= binding.end]
    if not inside:
        return
    start, end = max(inside)
    line = f"{dialect.key(field.name)}{dialect.assignment}{field.value}{dialect.terminator}"
    lead = text_lines.newline + text_lines.indent(start) if text_lines.begins_line(start) else " "
    between = "" if binding.is_table() else dialect.separator
    at = text_lines.line_end(end) if text_lines.begins_line(start) and not between else end
    yield (editable.insertion(at, f"{between}{lead}{line}"),)


def _comment_edits(
    editable: EditableRegistry, binding: EntryBinding, spec: EntrySpec
) -> Iterator[Edits]:
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
        edit = _comment_edit(editable, binding, span, comment)
        if edit is not None:
            yield (edit,)


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
) -> Edit | None:
    """Return the edit that replaces the comment at `span`, or inserts one there."""
    text_lines, (path, start, end) = editable.text_lines, span
    if start < end and not comment:
        return Edit(Span(path, len(text_lines.text[:start].rstrip(" \t")), end), "")
    if not comment:
        return None
    is_block = (
        text_lines.text.startswith("/*", start) if start < end else not text_lines.ends_line(start)
    )
    if is_block and "*/" in comment:
        return None
    text = f"/* {comment} */" if is_block else f"{editable.dialect.comment_sign}{comment}"
    lead = "" if start < end else comment_gap(editable, binding)
    return Edit(span, lead + text)


def _replace_above(
    editable: EditableRegistry, binding: EntryBinding, comments: list[str]
) -> Iterator[Edits]:
    """Yield the edits that replace the comment lines above the binding."""
    text_lines = editable.text_lines
    top, line = text_lines.comment_top(binding.start), text_lines.line_start(binding.start)
    above = " ".join(text_lines.text[top:line].replace("#", " ").split())
    for comment in comments:
        is_new = binding.entry.description not in comment and comment != above
        if top < line and comment and is_new:
            text = _comment_line(editable, binding, comment)
            yield (Edit(Span(editable.source.path, top, line), text),)
        elif top < line and not comment:
            yield (Edit(Span(editable.source.path, top, line), ""),)


def _insert_above(
    editable: EditableRegistry, binding: EntryBinding, comments: list[str]
) -> Iterator[Edits]:
    """Yield the edits that insert a comment line above the binding."""
    text_lines = editable.text_lines
    at = text_lines.line_start(binding.start)
    for comment in filter(None, comments):
        text = _comment_line(editable, binding, comment)
        if text_lines.begins_line(binding.start) and not binding.is_table():
            yield (editable.insertion(at, text),)


def _comment_line(editable: EditableRegistry, binding: EntryBinding, comment: str) -> str:
    """Return a comment line above the binding, with its line ending."""
    indent, newline = editable.text_lines.indent(binding.start), editable.text_lines.newline
    return f"{indent}{editable.dialect.comment_sign}{comment}{newline}"
