"""A new pair in a TOML file, in its table or in one that is made for it."""

from collections.abc import Iterator

from port_registry.languages.data_tree import TableNode
from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.binding_lines import dotted
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.insert_in_set import at_end, deepest
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.text_lines import laid


def in_tables(ground: EditableRegistry, name: Name, written: RenderedValue) -> Iterator[Edit]:
    """Yield the edits that put a pair called `name` into its table, made where there is none."""
    branch, depth = deepest(ground, name[:-1])
    if branch is not None and depth == len(name) - 1:
        yield from _in_table(ground, branch, name[-1:], written)
    yield _as_table(ground, name, written)


def beside_tables(ground: EditableRegistry, name: Name, fields: list[Field]) -> Iterator[Edit]:
    """Yield the edit that puts a table called `name` behind those of its category."""
    dialect, page = ground.dialect, ground.page
    tables = [leaf for leaf in ground.leaves if leaf.is_table() and leaf.category == name[:-1]]
    if tables:
        at = page.next_line(max(leaf.end for leaf in tables))
        pairs = [f"{dialect.key(one.name)}{dialect.assign}{one.value}" for one in fields]
        lines = ["", f"[{dialect.path(ground.whole(name))}]", *pairs]
        lead = "" if page.text[at - 1] == "\n" else page.newline
        yield _insert(ground, at, lead + laid(page, lines, "") + page.newline)


def _in_table(
    ground: EditableRegistry, branch: TableNode, rest: Name, written: RenderedValue
) -> Iterator[Edit]:
    """Yield the edit that puts a pair right under the header of the table `branch`."""
    page, span = ground.page, branch.span
    lines = dotted(ground.dialect, ground.dialect.path(rest), written)
    if page.text[span.start : span.start + 1] == "[" and page.begins_line(span.start):
        yield _insert(ground, page.line_end(span.end), page.newline + laid(page, lines, ""))
    elif page.text[span.start : span.start + 1] == "{":
        yield from at_end(ground, branch, lines)


def _as_table(ground: EditableRegistry, own: Name, written: RenderedValue) -> Edit:
    """Return the edit that puts a pair into a table of its own, behind the others."""
    dialect, page = ground.dialect, ground.page
    name = ground.whole(own)
    line = laid(page, dotted(dialect, dialect.key(name[-1]), written), "") + page.newline
    if len(name) > 1:
        at = _behind_tables(ground)
        lead = "" if at == 0 or page.text[at - 1] == "\n" else page.newline
        gap = page.newline if at else ""
        return _insert(ground, at, f"{lead}{gap}[{dialect.path(name[:-1])}]{page.newline}{line}")
    headers = [at for at in _lines(ground) if page.text[at] == "["]
    if not headers:
        lead = "" if page.text.endswith("\n") or not page.text else page.newline
        return _insert(ground, len(page.text), f"{lead}{line}")
    return _insert(ground, page.comment_top(min(headers)), f"{line}{page.newline}")


def _behind_tables(ground: EditableRegistry) -> int:
    """Return where the last line of the registry ends; the text's end where it is all of it."""
    page = ground.page
    if not ground.registry.prefix or not ground.leaves:
        return len(page.text)
    last = max(leaf.end for leaf in ground.leaves)
    return page.next_line(last)


def _lines(ground: EditableRegistry) -> list[int]:
    """Return where the lines begin on which what is at the top is named."""
    items = () if ground.root is None else ground.root.items
    return [ground.page.line_start(item.key_span.start) for item in items]


def _insert(ground: EditableRegistry, at: int, text: str) -> Edit:
    return Edit(Span(ground.source.path, at, at), text)
