"""Insertion of a key in a TOML file, in its table or in a new one."""

from collections.abc import Iterator

from port_registry.languages.data_tree import TableNode
from port_registry.model import Edit, Name
from port_registry.registry.edit.binding_lines import dotted_binding
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.insert_in_set import append_to_set, innermost_table
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.text_lines import indented


def insert_in_table(
    editable: EditableRegistry, name: Name, rendered: RenderedValue
) -> Iterator[Edit]:
    """Yield the edits that insert the key `name` in its table, which may be a new one."""
    table, depth = innermost_table(editable, name[:-1])
    if table is not None and depth == len(name) - 1:
        yield from _in_table(editable, table, name[-1:], rendered)
    yield _in_new_table(editable, name, rendered)


def insert_after_tables(
    editable: EditableRegistry, name: Name, fields: list[Field]
) -> Iterator[Edit]:
    """Yield the edit that inserts a table `name` after those of its category."""
    dialect, text_lines = editable.dialect, editable.text_lines
    tables = [
        binding
        for binding in editable.bindings
        if binding.is_table() and binding.category == name[:-1]
    ]
    if tables:
        at = text_lines.next_line(max(binding.end for binding in tables))
        pairs = [f"{dialect.key(field.name)}{dialect.assignment}{field.value}" for field in fields]
        lines = ["", f"[{dialect.path(editable.full_path(name))}]", *pairs]
        lead = "" if text_lines.text[at - 1] == "\n" else text_lines.newline
        yield editable.insertion(at, lead + indented(text_lines, lines, "") + text_lines.newline)


def _in_table(
    editable: EditableRegistry, table: TableNode, relative: Name, rendered: RenderedValue
) -> Iterator[Edit]:
    """Yield the edit that inserts a key right below the header of `table`."""
    text_lines, span = editable.text_lines, table.span
    lines = dotted_binding(editable.dialect, editable.dialect.path(relative), rendered)
    if text_lines.text[span.start : span.start + 1] == "[" and text_lines.begins_line(span.start):
        yield editable.insertion(
            text_lines.line_end(span.end), text_lines.newline + indented(text_lines, lines, "")
        )
    elif text_lines.text[span.start : span.start + 1] == "{":
        yield from append_to_set(editable, table, lines)


def _in_new_table(editable: EditableRegistry, own: Name, rendered: RenderedValue) -> Edit:
    """Return the edit that inserts a key in a table of its own, after the others."""
    dialect, text_lines = editable.dialect, editable.text_lines
    name = editable.full_path(own)
    line = (
        indented(text_lines, dotted_binding(dialect, dialect.key(name[-1]), rendered), "")
        + text_lines.newline
    )
    if len(name) > 1:
        at = _after_tables(editable)
        lead = "" if at == 0 or text_lines.text[at - 1] == "\n" else text_lines.newline
        gap = text_lines.newline if at else ""
        return editable.insertion(
            at, f"{lead}{gap}[{dialect.path(name[:-1])}]{text_lines.newline}{line}"
        )
    items = () if editable.root is None else editable.root.items
    lines = (text_lines.line_start(item.key_span.start) for item in items)
    headers = [at for at in lines if text_lines.text[at] == "["]
    if not headers:
        lead = "" if text_lines.text.endswith("\n") or not text_lines.text else text_lines.newline
        return editable.insertion(len(text_lines.text), f"{lead}{line}")
    return editable.insertion(text_lines.comment_top(min(headers)), f"{line}{text_lines.newline}")


def _after_tables(editable: EditableRegistry) -> int:
    """Return the offset after the registry's last line, or after the text if it is all of it."""
    text_lines = editable.text_lines
    if not editable.registry.prefix or not editable.bindings:
        return len(text_lines.text)
    last = max(binding.end for binding in editable.bindings)
    return text_lines.next_line(last)
