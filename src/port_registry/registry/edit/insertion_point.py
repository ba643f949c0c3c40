"""Insertion point of a new binding: next to its siblings, or in a new set."""

from collections.abc import Callable, Iterator

from port_registry.model import Edit, Name, NamedTuple, PortRange
from port_registry.registry.edit import binding_lines, entry_spec, insert_in_set, languages
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.text_lines import indented


class NewBinding(NamedTuple):
    """A binding to insert."""

    name: Name
    ports: PortRange
    renderings: Callable[[EntryBinding | None], Iterator[entry_spec.RenderedValue]]
    """Yields the renderings of its value in the style of a neighbour, if there is one, the
    best first."""
    fields: list[languages.Field]
    """Its value as the attributes of a structured leaf."""
    previous: EntryBinding | None = None
    """Its binding before a move, which is not a neighbour; None for a new entry."""


def insertions(editable: EditableRegistry, new_binding: NewBinding) -> Iterator[Edit]:
    """Yield the edits that may insert `new_binding`, the best first."""
    same_category = editable.children(new_binding.name[:-1])
    siblings = [sibling for sibling in same_category if sibling != new_binding.previous]
    if siblings:
        yield from _among_siblings(editable, new_binding, siblings)
    yield from _after_cousins(editable, new_binding)
    yield from insert_in_set.insert_after_tables(editable, new_binding.name, new_binding.fields)
    dialect = editable.dialect
    is_toml = dialect.comment_sign and not dialect.terminator
    insert = insert_in_set.insert_in_table if is_toml else insert_in_set.insert_category
    for rendered in new_binding.renderings(None):
        yield from insert(editable, new_binding.name, rendered)
    if dialect.terminator and editable.root is not None:
        for rendered in new_binding.renderings(None):
            lines = binding_lines.dotted_binding(dialect, dialect.path(new_binding.name), rendered)
            yield from insert_in_set.append_to_set(editable, editable.root, lines)


class _Line(NamedTuple):
    """A new line among those of its siblings."""

    siblings: list[EntryBinding]
    head: str
    """The name before the assignment."""
    rendered: entry_spec.RenderedValue


def _among_siblings(
    editable: EditableRegistry, new_binding: NewBinding, siblings: list[EntryBinding]
) -> Iterator[Edit]:
    """Yield the edits that insert a binding among those of its category."""
    before = _predecessor(new_binding, siblings)
    anchors: list[EntryBinding | None] = [before]
    if before is not siblings[-1]:
        anchors.append(siblings[-1])
    has_bare_keys = any(
        not editable.source.slice(sibling.entry.name_span).startswith('"') for sibling in siblings
    )
    for anchor in anchors:
        model = siblings[0] if anchor is None else anchor
        *front, _ = editable.spelled_parts(model)
        key = editable.dialect.key if has_bare_keys else editable.dialect.string
        head = ".".join([*front, key(new_binding.name[-1])])
        for rendered in new_binding.renderings(model):
            line = _Line(siblings, head, rendered)
            if anchor is None:
                yield from _before_first(editable, line)
            else:
                yield from _after(editable, line, anchor)


def _after_cousins(editable: EditableRegistry, new_binding: NewBinding) -> Iterator[Edit]:
    """Yield the edits that insert a binding after others with which it shares a dotted name.

    There is none where a set with braces is nearer to its name.
    """
    if not editable.dialect.has_dotted_names:
        return
    path = editable.full_path(new_binding.name)
    nearest = _deepest_braces(editable, new_binding.name)
    by_depth: dict[int, list[EntryBinding]] = {}
    for binding in editable.inline_bindings():
        if binding == new_binding.previous or binding.name_start == binding.entry.name_span.start:
            continue
        binding_path = editable.full_path(binding.entry.name)
        holder_depth = len(binding_path) - len(editable.spelled_parts(binding))
        common = editable.common_depth(binding.category, new_binding.name[:-1])
        if common >= holder_depth and common > nearest and len(binding_path) > holder_depth + 1:
            by_depth.setdefault(common, []).append(binding)
    if not by_depth:
        return
    common = max(by_depth)
    cousins = sorted(by_depth[common], key=lambda binding: binding.start)
    anchor = cousins[-1]
    parts = editable.spelled_parts(anchor)
    holder_depth = len(editable.full_path(anchor.entry.name)) - len(parts)
    head = ".".join([*parts[: common - holder_depth], *map(editable.dialect.key, path[common:])])
    for rendered in new_binding.renderings(None):
        yield from _after(editable, _Line(cousins, head, rendered), anchor)


def _deepest_braces(editable: EditableRegistry, name: Name) -> int:
    """Return the depth in the file of the innermost set with braces on the path to `name`.

    It is -1 where there is none.
    """
    for depth in reversed(range(len(name))):
        if editable.braces_of(editable.table(name[:depth])) is not None:
            return len(editable.registry.prefix) + depth
    return -1


def _predecessor(new_binding: NewBinding, siblings: list[EntryBinding]) -> EntryBinding | None:
    """Return the sibling that `new_binding` follows; None where it becomes the first."""
    if not _is_ordered(siblings):
        return siblings[-1]
    numbers = [binding.entry.ports.first for binding in siblings]
    if numbers == sorted(numbers):
        count = sum(number <= new_binding.ports.first for number in numbers)
    else:
        own = new_binding.name[-1].casefold()
        count = sum(binding.entry.service.casefold() < own for binding in siblings)
    return siblings[count - 1] if count else None


def _is_ordered(siblings: list[EntryBinding]) -> bool:
    """Return whether bindings are sorted by number or by name."""
    numbers = [binding.entry.ports.first for binding in siblings]
    names = [binding.entry.service.casefold() for binding in siblings]
    return len(siblings) > 1 and (numbers == sorted(numbers) or names == sorted(names))


def _after(editable: EditableRegistry, line: _Line, anchor: EntryBinding) -> Iterator[Edit]:
    """Yield the edits that insert a binding after `anchor`, the most natural first."""
    dialect, text_lines = editable.dialect, editable.text_lines
    second = anchor.raw_entry.range_end
    end = anchor.end if second is None else max(anchor.end, editable.extent_of(second)[1])
    if not text_lines.begins_line(anchor.start) or not text_lines.ends_line(
        editable.after_separator(end)
    ):
        yield from _on_same_line(editable, line, end, f"{dialect.separator} {{}}")
        return
    lines = binding_lines.binding_like(editable, line.siblings, anchor, line.head, line.rendered)
    whole = indented(text_lines, lines, text_lines.indent(anchor.start))
    is_split = _is_split(editable, line.siblings, anchor)
    for gap in (text_lines.newline if is_split else "", "" if is_split else text_lines.newline):
        block = f"{text_lines.newline}{gap}{whole}"
        if dialect.comment_sign:
            yield editable.insertion(text_lines.line_end(end), block)
        else:
            yield editable.insertion(end, dialect.separator + block)


def _before_first(editable: EditableRegistry, line: _Line) -> Iterator[Edit]:
    """Yield the edits that insert a binding before the first sibling and its comments."""
    dialect, text_lines, first = editable.dialect, editable.text_lines, line.siblings[0]
    if not text_lines.begins_line(first.start):
        yield from _on_same_line(editable, line, first.start, f"{{}}{dialect.separator} ")
        return
    between = "" if dialect.comment_sign else dialect.separator
    lines = binding_lines.binding_like(editable, line.siblings, first, line.head, line.rendered)
    whole = indented(text_lines, lines, text_lines.indent(first.start))
    gap = text_lines.newline if binding_lines.are_separated(text_lines, line.siblings) else ""
    top, own = text_lines.comment_top(first.start), text_lines.line_start(first.start)
    for at in (top, own) if first.entry.description else (own, top):
        yield editable.insertion(at, f"{whole}{between}{text_lines.newline}{gap}")


def _on_same_line(editable: EditableRegistry, line: _Line, at: int, form: str) -> Iterator[Edit]:
    dialect, rendered = editable.dialect, line.rendered
    if rendered.above or "\n" in rendered.value:
        return
    text = f"{line.head}{dialect.assignment}{rendered.value}{dialect.terminator}"
    if rendered.comment and dialect.terminator and "*/" not in rendered.comment:
        yield editable.insertion(at, form.replace("{}", f"{text} /* {rendered.comment} */"))
    elif not rendered.comment:
        yield editable.insertion(at, form.replace("{}", text))


def _is_split(
    editable: EditableRegistry, siblings: list[EntryBinding], anchor: EntryBinding
) -> bool:
    """Return whether a blank line belongs between `anchor` and a new binding after it.

    It does where blank lines separate all siblings, and where `anchor` ends a group with a
    title, which would otherwise cover the new binding.
    """
    text_lines = editable.text_lines
    if binding_lines.are_separated(text_lines, siblings):
        return True
    if anchor is not siblings[-1] or _is_ordered(siblings):
        return False
    tops = [binding for binding in siblings[1:] if text_lines.follows_blank_line(binding.start)]
    start = tops[-1].start if tops else 0
    return bool(tops) and text_lines.comment_top(start) < text_lines.line_start(start)
