"""Where in the file a new binding goes: beside its siblings, or in a set made for it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from port_registry.model import Edit, Name, PortRange, Span
from port_registry.registry.edit.attribute_spelling import key_like, parts_of
from port_registry.registry.edit.binding_lines import are_apart, dotted, like
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import RenderedValue
from port_registry.registry.edit.insert_in_set import at_end, braces_of, in_own_set
from port_registry.registry.edit.insert_in_toml import beside_tables, in_tables
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.text_lines import laid


class NewBinding(NamedTuple):
    """A binding that is to be put somewhere."""

    name: Name
    ports: PortRange
    ways: Callable[[EntryBinding | None], Iterator[RenderedValue]]
    """Gives the ways to write its value, the best first, like those of a neighbour where
    there is one."""
    fields: list[Field]
    """Its value as the attributes of a structured leaf."""
    before: EntryBinding | None = None
    """Where it was until now, which is no place to stand beside; None for a new entry."""


def proposals(ground: EditableRegistry, newcomer: NewBinding) -> Iterator[Edit]:
    """Yield the edits that may put `newcomer` where it belongs, the best first."""
    siblings = [one for one in ground.children(newcomer.name[:-1]) if one != newcomer.before]
    if siblings:
        yield from _beside(ground, newcomer, siblings)
    yield from _beside_cousins(ground, newcomer)
    yield from beside_tables(ground, newcomer.name, newcomer.fields)
    for written in newcomer.ways(None):
        if ground.dialect.comment and not ground.dialect.end:
            yield from in_tables(ground, newcomer.name, written)
        else:
            yield from in_own_set(ground, newcomer.name, written)
    if ground.dialect.end and ground.root is not None:
        for written in newcomer.ways(None):
            head = ground.dialect.path(newcomer.name)
            yield from at_end(ground, ground.root, dotted(ground.dialect, head, written))


class _Line(NamedTuple):
    """A place between the lines of siblings, and what is to stand there."""

    siblings: list[EntryBinding]
    head: str
    """The name as it stands before the assignment."""
    written: RenderedValue


def _beside(
    ground: EditableRegistry, newcomer: NewBinding, siblings: list[EntryBinding]
) -> Iterator[Edit]:
    """Yield the edits that put a binding among those of its category."""
    before = _predecessor(newcomer, siblings)
    anchors: list[EntryBinding | None] = [before]
    if before is not siblings[-1]:
        anchors.append(siblings[-1])
    for anchor in anchors:
        model = siblings[0] if anchor is None else anchor
        *front, _ = parts_of(ground, model)
        head = ".".join([*front, key_like(ground, siblings, newcomer.name[-1])])
        for written in newcomer.ways(model):
            line = _Line(siblings, head, written)
            if anchor is None:
                yield from _ahead(ground, line)
            else:
                yield from _behind(ground, line, anchor)


def _beside_cousins(ground: EditableRegistry, newcomer: NewBinding) -> Iterator[Edit]:
    """Yield the edit that puts a binding behind others of which it shares a dotted way.

    There is none where a set with braces is nearer to its name.
    """
    if not ground.dialect.joins_names:
        return
    whole = ground.whole(newcomer.name)
    nearest, found = _deepest_braces(ground, newcomer.name), list[EntryBinding]()
    for leaf in ground.lined():
        if leaf == newcomer.before:
            continue
        if leaf.head == leaf.entry.name_span.start:
            continue
        own = ground.whole(leaf.entry.name)
        holder = len(own) - len(parts_of(ground, leaf))
        common = _common(own[:-1], whole[:-1])
        if common >= max(holder, 0) and len(own) > holder + 1 and common > nearest:
            found = [leaf] if not found or common > _shared(ground, found[0], whole) else found
            if found[-1] is not leaf and common == _shared(ground, found[0], whole):
                found.append(leaf)
    if not found:
        return
    found.sort(key=lambda leaf: leaf.start)
    anchor = found[-1]
    parts = parts_of(ground, anchor)
    holder = len(ground.whole(anchor.entry.name)) - len(parts)
    common = _shared(ground, anchor, whole)
    head = ".".join([*parts[: common - holder], *map(ground.dialect.key, whole[common:])])
    for written in newcomer.ways(None):
        yield from _behind(ground, _Line(found, head, written), anchor)


def _shared(ground: EditableRegistry, leaf: EntryBinding, whole: Name) -> int:
    return _common(ground.whole(leaf.category), whole[:-1])


def _common(one: Name, other: Name) -> int:
    """Return how many parts two names begin with alike."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _deepest_braces(ground: EditableRegistry, name: Name) -> int:
    """Return how deep from the file's top the innermost set with braces on the way to `name` is.

    It is -1 where there is none.
    """
    start, deepest = len(ground.registry.prefix), -1
    for depth in range(len(name)):
        branch = ground.branch(name[:depth])
        if branch is not None and braces_of(ground, branch) is not None:
            deepest = start + depth
    return deepest


def _predecessor(newcomer: NewBinding, siblings: list[EntryBinding]) -> EntryBinding | None:
    """Return the sibling that goes right before the newcomer; None where it is the first."""
    if not _is_ordered(siblings):
        return siblings[-1]
    numbers = [leaf.entry.endpoint.ports.first for leaf in siblings]
    if numbers == sorted(numbers):
        count = sum(number <= newcomer.ports.first for number in numbers)
    else:
        own = newcomer.name[-1].casefold()
        count = sum(leaf.entry.service.casefold() < own for leaf in siblings)
    return siblings[count - 1] if count else None


def _is_ordered(siblings: list[EntryBinding]) -> bool:
    """Return whether bindings are sorted by number or by name."""
    numbers = [leaf.entry.endpoint.ports.first for leaf in siblings]
    names = [leaf.entry.service.casefold() for leaf in siblings]
    return len(siblings) > 1 and (numbers == sorted(numbers) or names == sorted(names))


def _behind(ground: EditableRegistry, line: _Line, anchor: EntryBinding) -> Iterator[Edit]:
    """Yield the edits that put a binding behind `anchor`, where a person would first."""
    dialect, page = ground.dialect, ground.page
    end = max(one[1] for one in _bindings(ground, anchor))
    if not page.begins_line(anchor.start) or not page.ends_line(ground.behind(end)):
        yield from _on_same_line(ground, line, end, f"{dialect.between} {{}}")
        return
    lines = like(ground, line.siblings, anchor, line.head, line.written)
    whole = laid(page, lines, page.indent(anchor.start))
    is_split = _is_split(ground, line.siblings, anchor)
    for gap in (page.newline if is_split else "", "" if is_split else page.newline):
        block = f"{page.newline}{gap}{whole}"
        if dialect.comment:
            yield _insert(ground, page.line_end(end), block)
        else:
            yield _insert(ground, end, dialect.between + block)


def _ahead(ground: EditableRegistry, line: _Line) -> Iterator[Edit]:
    """Yield the edits that put a binding before the first sibling and its comments."""
    dialect, page, first = ground.dialect, ground.page, line.siblings[0]
    if not page.begins_line(first.start):
        yield from _on_same_line(ground, line, first.start, f"{{}}{dialect.between} ")
        return
    between = "" if dialect.comment else dialect.between
    whole = laid(page, like(ground, line.siblings, first, line.head, line.written), "")
    lines = laid(page, whole.split(page.newline), page.indent(first.start))
    gap = page.newline if are_apart(page, line.siblings) else ""
    top, own = page.comment_top(first.start), page.line_start(first.start)
    for at in (top, own) if first.entry.description else (own, top):
        yield _insert(ground, at, f"{lines}{between}{page.newline}{gap}")


def _on_same_line(ground: EditableRegistry, line: _Line, at: int, form: str) -> Iterator[Edit]:
    dialect, written = ground.dialect, line.written
    if written.above or "\n" in written.value:
        return
    text = f"{line.head}{dialect.assign}{written.value}{dialect.end}"
    if written.comment and dialect.end and "*/" not in written.comment:
        yield _insert(ground, at, form.replace("{}", f"{text} /* {written.comment} */"))
    elif not written.comment:
        yield _insert(ground, at, form.replace("{}", text))


def _is_split(ground: EditableRegistry, siblings: list[EntryBinding], anchor: EntryBinding) -> bool:
    """Return whether a blank line belongs between `anchor` and what is put behind it.

    It does where one parts all siblings, and where `anchor` ends a group that has a title:
    the newcomer would be filed under that.
    """
    page = ground.page
    if are_apart(page, siblings):
        return True
    if anchor is not siblings[-1] or _is_ordered(siblings):
        return False
    tops = [leaf for leaf in siblings[1:] if page.is_apart(leaf.start)]
    head = tops[-1] if tops else None
    return head is not None and page.comment_top(head.start) < page.line_start(head.start)


def _bindings(ground: EditableRegistry, leaf: EntryBinding) -> list[tuple[int, int]]:
    """Return where the bindings of an entry are: one, or the two of a pair."""
    second = leaf.draft.range_end
    return [(leaf.start, leaf.end), *([ground.binding(second)] if second is not None else [])]


def _insert(ground: EditableRegistry, at: int, text: str) -> Edit:
    return Edit(Span(ground.source.path, at, at), text)
