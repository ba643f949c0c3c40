"""Insertion of a binding in a set or TOML table without similar bindings, or in a new one."""

from bisect import bisect_right
from collections.abc import Iterator

from port_registry.languages.data_tree import Attribute, TableNode
from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.binding_lines import dotted_binding, nested_binding
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.text_lines import TextLines, indented


def insert_category(
    editable: EditableRegistry, name: Name, rendered: RenderedValue
) -> Iterator[Edit]:
    """Yield the edits that create the category of `name`, or fill it if it is an empty set."""
    table, depth = editable.innermost_table(name[:-1])
    if table is None:
        return
    relative, dialect = name[depth:], editable.dialect
    if len(relative) == 1 or _has_dotted_names(editable, name[:depth]):
        lines = dotted_binding(dialect, dialect.path(relative), rendered)
    else:
        lines = nested_binding(editable, relative, rendered)
        yield from _insert_sorted(editable, table, relative[0], lines)
    yield from append_to_set(editable, table, lines)


def append_to_set(editable: EditableRegistry, table: TableNode, lines: list[str]) -> Iterator[Edit]:
    """Yield the edit that inserts `lines` at the end of the set `table`, if it has braces."""
    text_lines, braces = editable.text_lines, editable.braces_of(table)
    if braces is None:
        return
    opening, close = braces
    one_line = _joined(lines)
    if not text_lines.text[opening + 1 : close].strip():
        own = text_lines.indent(opening)
        blank = Span(editable.source.path, opening + 1, close)
        if one_line and _shares_line(text_lines, opening):
            yield Edit(blank, f" {one_line} ")
        else:
            block = indented(text_lines, lines, own + text_lines.step)
            yield Edit(blank, f"{text_lines.newline}{block}{text_lines.newline}{own}")
    elif text_lines.begins_line(close):
        yield from _on_own_lines(editable, table, close, lines)
    elif one_line:
        last = max((item.extent.end for item in table.items), default=close)
        between = editable.dialect.separator
        at, text = (last, f"{between} {one_line}") if between else (close, f"{one_line} ")
        if not between and text_lines.text[close - 1] not in " \t":
            text = f" {one_line}"
        yield editable.insertion(at, text)


def _joined(lines: list[str]) -> str:
    """Return `lines` on one line; empty where a comment or a string prevents that."""
    parts: list[str] = []
    for line in lines:
        code, sign, comment = line.strip().partition("; # ")
        if "#" in code or "''" in code or "*/" in comment:
            return ""
        parts.append(f"{code}; /* {comment} */" if sign else code)
    return " ".join(parts)


def _shares_line(text_lines: TextLines, opening: int) -> bool:
    """Return whether the set that opens there is in another one that opens on its line."""
    before = text_lines.text[text_lines.line_start(opening) : opening]
    return before.count("{") > before.count("}")


def _on_own_lines(
    editable: EditableRegistry, table: TableNode, close: int, lines: list[str]
) -> Iterator[Edit]:
    text_lines, dialect = editable.text_lines, editable.dialect
    block = indented(text_lines, lines, _inner_indent(editable, table, close))
    if dialect.separator and table.items:
        last = max(item.extent.end for item in table.items)
        yield editable.insertion(last, f"{dialect.separator}{text_lines.newline}{block}")
        return
    at = text_lines.line_start(close)
    gaps = ("", text_lines.newline)
    for gap in reversed(gaps) if _belongs_apart(editable, table, lines) else gaps:
        yield editable.insertion(at, f"{gap}{block}{text_lines.newline}")


def _inner_indent(editable: EditableRegistry, table: TableNode, close: int) -> str:
    """Return the indentation of the attributes of `table`."""
    text_lines = editable.text_lines
    for item in table.items:
        start, end = editable.extent_of(item)
        if table.span.start < start < end and text_lines.begins_line(start):
            return text_lines.indent(start)
    return text_lines.indent(close) + text_lines.step


def _belongs_apart(editable: EditableRegistry, table: TableNode, lines: list[str]) -> bool:
    """Return whether a blank line belongs before `lines` at the end of `table`.

    It does where blank lines separate its attributes, and either the new one or the last has
    several lines or another category.
    """
    text_lines = editable.text_lines
    rendered = _written_bindings(editable, table)
    if not any(text_lines.follows_blank_line(start) for start, _, _ in rendered[1:]):
        return False
    start, end, last = rendered[-1]
    if len(lines) > 1 or text_lines.line_start(start) != text_lines.line_start(end - 1):
        return True
    head = lines[0].partition(editable.dialect.assignment)[0].rpartition(".")[0]
    return bool(head) and not last.startswith(f"{head}.")


def _written_bindings(editable: EditableRegistry, table: TableNode) -> list[tuple[int, int, str]]:
    """Return the extents and the names of the bindings of a set, in the order of the text."""
    extents: set[tuple[int, int]] = set()
    pending: list[Attribute] = list(table.items)
    while pending:
        item = pending.pop()
        start, end = editable.extent_of(item)
        if table.span.start < start < end <= table.span.end:
            extents.add((start, end))
        if isinstance(item.node, TableNode) and editable.braces_of(item.node) is None:
            pending.extend(item.node.items)
    text = editable.source.text
    return [(start, end, text[start:end].partition("=")[0]) for start, end in sorted(extents)]


def _has_dotted_names(editable: EditableRegistry, category: Name) -> bool:
    """Return whether deeper entries of `category` are written with dotted names there."""
    deep = [
        binding
        for binding in editable.bindings
        if binding.is_written()
        and binding.entry.name[: len(category)] == category
        and len(binding.entry.name) > len(category) + 1
    ]
    return bool(deep) and all(binding.start < binding.entry.name_span.start for binding in deep)


def _insert_sorted(
    editable: EditableRegistry, table: TableNode, key: str, lines: list[str]
) -> Iterator[Edit]:
    """Yield the edit that inserts a new category among others that are sorted by name."""
    text_lines = editable.text_lines
    if editable.dialect.separator:
        return
    items = [item for item in table.items if isinstance(item.node, TableNode)]
    keys = [item.key.casefold() for item in items]
    bindings = [editable.extent_of(item) for item in items]
    if len(keys) < _FEWEST_SORTED or keys != sorted(keys) or key.casefold() >= keys[-1]:
        return
    inside = all(table.span.start < start < end for start, end in bindings)
    start, _ = bindings[bisect_right(keys, key.casefold())]
    if not inside or bindings != sorted(bindings) or not text_lines.begins_line(start):
        return
    at = text_lines.comment_top(start)
    has_gaps = any(text_lines.follows_blank_line(other) for other, _ in bindings[1:])
    gap = text_lines.newline if has_gaps else ""
    text = f"{indented(text_lines, lines, text_lines.indent(start))}{text_lines.newline}{gap}"
    yield editable.insertion(at, text)


_FEWEST_SORTED = 3
"""The number of categories whose order by name is regarded as intended."""


def insert_in_table(
    editable: EditableRegistry, name: Name, rendered: RenderedValue
) -> Iterator[Edit]:
    """Yield the edits that insert the key `name` in its table, which may be a new one."""
    table, depth = editable.innermost_table(name[:-1])
    if table is not None and depth == len(name) - 1:
        text_lines, (_, start, end) = editable.text_lines, table.span
        lines = dotted_binding(editable.dialect, editable.dialect.key(name[-1]), rendered)
        if text_lines.text.startswith("[", start) and text_lines.begins_line(start):
            # Right below the header.
            text = text_lines.newline + indented(text_lines, lines, "")
            yield editable.insertion(text_lines.line_end(end), text)
        elif text_lines.text.startswith("{", start):
            yield from append_to_set(editable, table, lines)
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


def _in_new_table(editable: EditableRegistry, own: Name, rendered: RenderedValue) -> Edit:
    """Return the edit that inserts a key in a table of its own, after the others."""
    dialect, text_lines = editable.dialect, editable.text_lines
    name = editable.full_path(own)
    lines = dotted_binding(dialect, dialect.key(name[-1]), rendered)
    if len(name) > 1:
        at = len(text_lines.text)
        if editable.registry.prefix and editable.bindings:
            # Other tables may follow those of the registry.
            at = text_lines.next_line(max(binding.end for binding in editable.bindings))
        lead = "" if at == 0 or text_lines.text[at - 1] == "\n" else text_lines.newline
        gap = text_lines.newline if at else ""
        block = indented(text_lines, [f"[{dialect.path(name[:-1])}]", *lines], "")
        return editable.insertion(at, f"{lead}{gap}{block}{text_lines.newline}")
    line = indented(text_lines, lines, "") + text_lines.newline
    items = () if editable.root is None else editable.root.items
    starts = (text_lines.line_start(item.key_span.start) for item in items)
    headers = [at for at in starts if text_lines.text[at] == "["]
    if not headers:
        lead = "" if text_lines.text.endswith("\n") or not text_lines.text else text_lines.newline
        return editable.insertion(len(text_lines.text), f"{lead}{line}")
    return editable.insertion(text_lines.comment_top(min(headers)), f"{line}{text_lines.newline}")
