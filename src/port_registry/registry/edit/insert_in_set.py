"""A new binding in a set that has none like it yet, or in one that is made for it."""

from collections.abc import Iterator

from port_registry.languages.data_tree import Attribute, TableNode
from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.binding_lines import dotted, nested
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.text_lines import TextLines, laid


def in_own_set(ground: EditableRegistry, name: Name, written: RenderedValue) -> Iterator[Edit]:
    """Yield the edits that make the category of `name`, or fill it if it is an empty set."""
    branch, depth = deepest(ground, name[:-1])
    if branch is None:
        return
    rest = name[depth:]
    if len(rest) == 1 or _is_flat(ground, name[:depth]):
        yield from at_end(
            ground, branch, dotted(ground.dialect, ground.dialect.path(rest), written)
        )
        return
    lines = nested(ground, rest, written)
    between = _among(ground, branch, rest[0], lines)
    if between is not None:
        yield between
    yield from at_end(ground, branch, lines)


def deepest(ground: EditableRegistry, category: Name) -> tuple[TableNode | None, int]:
    """Return the innermost set on the way to `category` that exists, and how deep it is."""
    for depth in range(len(category), 0, -1):
        branch = ground.branch(category[:depth])
        if branch is not None:
            return branch, depth
    return ground.root, 0


def braces_of(ground: EditableRegistry, branch: TableNode) -> tuple[int, int] | None:
    """Return where the last braces of a set are; None where it has none in this file."""
    text, (path, start, end) = ground.source.text, branch.span
    if path != ground.source.path or text[end - 1 : end] != "}":
        return None
    opening = text.find("{", start, end - 1)
    return None if opening < 0 else (opening, end - 1)


def at_end(ground: EditableRegistry, branch: TableNode, lines: list[str]) -> Iterator[Edit]:
    """Yield the edit that puts `lines` at the end of the set `branch`, if that is written."""
    page, braces = ground.page, braces_of(ground, branch)
    if braces is None:
        return
    opening, close = braces
    one_line = _joined(lines)
    if not page.text[opening + 1 : close].strip():
        own = page.indent(opening)
        blank = Span(ground.source.path, opening + 1, close)
        if one_line and _shares_line(page, opening):
            yield Edit(blank, f" {one_line} ")
        else:
            whole = laid(page, lines, own + page.step)
            yield Edit(blank, f"{page.newline}{whole}{page.newline}{own}")
    elif page.begins_line(close):
        yield from _on_own_lines(ground, branch, close, lines)
    elif one_line:
        last = max((item.extent.end for item in branch.items), default=close)
        between = ground.dialect.between
        at, text = (last, f"{between} {one_line}") if between else (close, f"{one_line} ")
        if not between and page.text[close - 1] not in " \t":
            text = f" {one_line}"
        yield Edit(Span(ground.source.path, at, at), text)


def _joined(lines: list[str]) -> str:
    """Return `lines` on one line; empty where a comment or a string stands against it."""
    found: list[str] = []
    for line in lines:
        code, sign, comment = line.strip().partition("; # ")
        if "#" in code or "''" in code or "*/" in comment:
            return ""
        found.append(f"{code}; /* {comment} */" if sign else code)
    return " ".join(found)


def _shares_line(page: TextLines, opening: int) -> bool:
    """Return whether the set that opens there stands in another one that opens on its line."""
    before = page.text[page.line_start(opening) : opening]
    return before.count("{") > before.count("}")


def _on_own_lines(
    ground: EditableRegistry, branch: TableNode, close: int, lines: list[str]
) -> Iterator[Edit]:
    page, dialect, path = ground.page, ground.dialect, ground.source.path
    whole = laid(page, lines, _inner_indent(ground, branch, close))
    if dialect.between and branch.items:
        last = max(item.extent.end for item in branch.items)
        yield Edit(Span(path, last, last), f"{dialect.between}{page.newline}{whole}")
        return
    at = page.line_start(close)
    gaps = ("", page.newline)
    for gap in reversed(gaps) if _belongs_apart(ground, branch, lines) else gaps:
        yield Edit(Span(path, at, at), f"{gap}{whole}{page.newline}")


def _inner_indent(ground: EditableRegistry, branch: TableNode, close: int) -> str:
    """Return how the attributes of `branch` are indented."""
    page = ground.page
    for item in branch.items:
        start, end = ground.binding(item)
        if branch.span.start < start < end and page.begins_line(start):
            return page.indent(start)
    return page.indent(close) + page.step


def _belongs_apart(ground: EditableRegistry, branch: TableNode, lines: list[str]) -> bool:
    """Return whether a blank line belongs before `lines` at the end of `branch`.

    It does where blank lines part its attributes, and either the new one or the last has
    several lines or another category.
    """
    page = ground.page
    written = _written(ground, branch)
    if not any(page.is_apart(start) for start, _, _ in written[1:]):
        return False
    start, end, last = written[-1]
    if len(lines) > 1 or page.line_start(start) != page.line_start(end - 1):
        return True
    head = lines[0].partition(ground.dialect.assign)[0].rpartition(".")[0]
    return bool(head) and not last.startswith(f"{head}.")


def _written(ground: EditableRegistry, branch: TableNode) -> list[tuple[int, int, str]]:
    """Return where the bindings of a set are, and what they begin with, in the text's order."""
    found: set[tuple[int, int]] = set()
    pending: list[Attribute] = list(branch.items)
    while pending:
        item = pending.pop()
        start, end = ground.binding(item)
        if branch.span.start < start < end <= branch.span.end:
            found.add((start, end))
        if isinstance(item.node, TableNode) and braces_of(ground, item.node) is None:
            pending.extend(item.node.items)
    text = ground.source.text
    return [(start, end, text[start:end].partition("=")[0]) for start, end in sorted(found)]


def _is_flat(ground: EditableRegistry, category: Name) -> bool:
    """Return whether what is deeper in `category` is written `x.y = 1;` there."""
    deep = [
        leaf
        for leaf in ground.leaves
        if leaf.is_written()
        and leaf.entry.name[: len(category)] == category
        and len(leaf.entry.name) > len(category) + 1
    ]
    return bool(deep) and all(leaf.start < leaf.entry.name_span.start for leaf in deep)


def _among(ground: EditableRegistry, branch: TableNode, key: str, lines: list[str]) -> Edit | None:
    """Return the edit that puts a new category among others that are sorted by name."""
    page = ground.page
    if ground.dialect.between:
        return None
    items = [item for item in branch.items if isinstance(item.node, TableNode)]
    keys = [item.key.casefold() for item in items]
    bindings = [ground.binding(item) for item in items]
    if len(keys) < _FEWEST_SORTED or keys != sorted(keys) or key.casefold() > keys[-1]:
        return None
    inside = all(branch.span.start < start < end for start, end in bindings)
    if not inside or bindings != sorted(bindings):
        return None
    start, _ = next(
        bound for bound, one in zip(bindings, keys, strict=True) if one > key.casefold()
    )
    if not page.begins_line(start):
        return None
    at = page.comment_top(start)
    gap = page.newline if any(page.is_apart(one) for one, _ in bindings[1:]) else ""
    text = f"{laid(page, lines, page.indent(start))}{page.newline}{gap}"
    return Edit(Span(ground.source.path, at, at), text)


_FEWEST_SORTED = 3
"""How many categories must be sorted by name to be taken for sorted on purpose."""
