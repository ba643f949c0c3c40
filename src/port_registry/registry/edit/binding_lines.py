"""Bindings as lines of text, written as those around them are."""

from itertools import pairwise

from port_registry.model import Name
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.languages import Dialect
from port_registry.registry.edit.text_lines import TextLines


def dotted(dialect: Dialect, head: str, written: RenderedValue) -> list[str]:
    """Return the lines of `a.b = value;` with its comments; `head` is `a.b`."""
    line = f"{head}{dialect.assign}{written.value}{dialect.end}"
    if written.comment:
        line += f" {dialect.comment}{written.comment}"
    return [*written.above, *line.split("\n")]


def nested(ground: EditableRegistry, name: Name, written: RenderedValue) -> list[str]:
    """Return the lines of `a = { b = value; };`, not indented."""
    dialect, step = ground.dialect, ground.page.step
    *above, last = name
    heads = [dialect.path(tuple(above))] if dialect.end else [dialect.key(part) for part in above]
    lines = [f"{step * depth}{head}{dialect.assign}{{" for depth, head in enumerate(heads)]
    inner = dotted(dialect, dialect.key(last), written)
    lines += [f"{step * len(heads)}{line}" if line else "" for line in inner]
    lines += [f"{step * depth}}}{dialect.end}" for depth in reversed(range(len(heads)))]
    return lines


def like(
    ground: EditableRegistry,
    siblings: list[EntryBinding],
    anchor: EntryBinding,
    head: str,
    written: RenderedValue,
) -> list[str]:
    """Return the lines of a binding called `head` in the columns of those around `anchor`."""
    dialect, page = ground.dialect, ground.page
    near = neighbours(page, siblings, anchor)
    sign = _sign_column(ground, near)
    pad = "" if sign is None else " " * (sign - len(head) - dialect.assign.index(_sign(dialect)))
    line = f"{head}{pad}{dialect.assign}{written.value}{dialect.end}"
    if written.comment and "\n" not in line:
        comments = [mark for mark in (comment_of(page, leaf) for leaf in near) if mark is not None]
        columns = {column for column, _ in comments}
        gap = 1
        if len(comments) > 1 and len(columns) == 1:
            gap = max(1, comments[0][0] - len(line))
        elif comments and len({width for _, width in comments}) == 1:
            gap = max(1, comments[0][1])
        line += " " * gap + f"{dialect.comment}{written.comment}"
    elif written.comment:
        line += f" {dialect.comment}{written.comment}"
    return [*written.above, *line.split("\n")]


def neighbours(
    page: TextLines, siblings: list[EntryBinding], anchor: EntryBinding
) -> list[EntryBinding]:
    """Return those of `siblings` near `anchor` that have lines of their own, in its block.

    Blank lines part blocks. Those of other blocks count where `anchor` is alone in its own.
    """
    at = siblings.index(anchor) if anchor in siblings else 0
    around = siblings[max(at - 2 * _NEAR, 0) : at + 2 * _NEAR]
    lined = [leaf for leaf in around if page.begins_line(leaf.start)]
    if anchor not in lined:
        return lined
    first = last = lined.index(anchor)
    start, stop = max(first - _NEAR, 0), min(last + _NEAR, len(lined) - 1)
    while first > start and not page.is_apart(lined[first].start):
        first -= 1
    while last < stop and not page.is_apart(lined[last + 1].start):
        last += 1
    block = lined[first : last + 1]
    return block if len(block) > 1 else lined[start : stop + 1]


_NEAR = 20
"""How many bindings before and behind another are looked at to write it alike."""


def comment_of(page: TextLines, leaf: EntryBinding) -> tuple[int, int] | None:
    """Return where behind the start of a binding its comment begins, and the gap before it."""
    end = leaf.end + page.text.startswith(",", leaf.end)
    rest = page.rest_of_line(end)
    bare = rest.lstrip(" \t")
    if bare[:1] != "#" or "\n" in page.text[leaf.start : end]:
        return None
    gap = len(rest) - len(bare)
    return end + gap - leaf.start, gap


def is_sign_aligned(ground: EditableRegistry, near: list[EntryBinding]) -> bool:
    """Return whether the assignments of bindings stand in one column on purpose."""
    return _sign_column(ground, near) is not None


def _sign_column(ground: EditableRegistry, near: list[EntryBinding]) -> int | None:
    """Return the column behind a binding's start in which all have their assignment."""
    columns = {_column(ground.page, leaf, sign_at(ground, leaf)) for leaf in near}
    lengths = {leaf.entry.name_span.end - leaf.start for leaf in near}
    if len(columns) != 1 or len(lengths) < 2:
        return None
    column = columns.pop()
    return column if column >= 0 else None


def _column(page: TextLines, leaf: EntryBinding, at: int) -> int:
    """Return how far `at` is behind the start of the binding; -1 on another line."""
    return at - leaf.start if page.line_start(at) == page.line_start(leaf.start) else -1


def sign_at(ground: EditableRegistry, leaf: EntryBinding) -> int:
    """Return where the sign of assignment of a binding stands."""
    return ground.source.text.find(_sign(ground.dialect), leaf.entry.name_span.end)


def _sign(dialect: Dialect) -> str:
    return dialect.assign.strip()


def are_apart(page: TextLines, siblings: list[EntryBinding]) -> bool:
    """Return whether a blank line parts each of the bindings from the next."""
    pairs = list(pairwise(siblings))
    return bool(pairs) and all(page.is_apart(second.start) for _, second in pairs)
