"""A binding taken away from one place and put in another, with the comments that are its own."""

from collections.abc import Iterator

from port_registry.model import Edit, Name, ProtocolSource, Span
from port_registry.registry.edit.attribute_spelling import parts_of
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, fields, plain
from port_registry.registry.edit.insertion_point import NewBinding, proposals
from port_registry.registry.edit.nixos_options import declares
from port_registry.registry.edit.remove import removals
from port_registry.registry.edit.text_lines import dedented
from port_registry.registry.edit.value_formats import value_span
from port_registry.registry.edit.value_styles import ways


def as_wish(leaf: EntryBinding) -> EntrySpec:
    """Return what `leaf` says, as something to say."""
    entry = leaf.entry
    ports, protocols, host, address = entry.endpoint
    return EntrySpec(entry.name, ports, protocols, entry.description, host, address, entry.internal)


def moved(ground: EditableRegistry, leaf: EntryBinding, name: Name) -> Iterator[tuple[Edit, ...]]:
    """Yield the edits that take the binding of `leaf` away and put it where `name` belongs."""
    if not leaf.is_written():
        return
    spelled = fields(unsaid(leaf), ground.dialect)

    def values(model: EntryBinding | None) -> Iterator[RenderedValue]:
        is_alike = declares(ground, leaf.category) == declares(ground, name[:-1])
        if leaf.is_table():
            yield RenderedValue(ground.dialect.leaf(spelled))
        elif is_alike:
            yield from dict.fromkeys(_verbatim(ground, leaf))
        else:
            yield from ways(ground, unsaid(leaf)._replace(name=name), model)
            yield from ways(ground, as_wish(leaf)._replace(name=name), model)

    if ground.branch(name[:-1]) is None:
        yield from _in_place(ground, leaf, name)
    newcomer = NewBinding(name, leaf.entry.endpoint.ports, values, spelled, leaf)
    for addition in proposals(ground, newcomer):
        for removal in removals(ground, leaf):
            edits = _together(removal, addition)
            if edits:
                yield edits


def _in_place(
    ground: EditableRegistry, leaf: EntryBinding, name: Name
) -> Iterator[tuple[Edit, ...]]:
    """Yield the edit of a dotted name that spells all that changes."""
    parts, dialect = parts_of(ground, leaf), ground.dialect
    old, new = ground.whole(leaf.entry.name), ground.whole(name)
    holder = len(old) - len(parts)
    if len(parts) > 1 and old[:holder] == new[:holder] and holder < len(new) - 1:
        kept = 0
        while (
            kept < min(len(parts), len(new) - holder) and old[holder + kept] == new[holder + kept]
        ):
            kept += 1
        head = ".".join([*parts[:kept], *map(dialect.key, new[holder + kept :])])
        yield (Edit(Span(ground.source.path, leaf.head, leaf.entry.name_span.end), head),)


def _together(removal: tuple[Edit, ...], addition: Edit) -> tuple[Edit, ...]:
    """Return both; as one edit where they meet, and nothing where one is inside the other."""
    at = addition.span.start
    kept = list(removal)
    for place, edit in enumerate(removal):
        path, start, end = edit.span
        if addition.span.end == at in (start, end):
            kept[place] = Edit(Span(path, start, end), edit.text + addition.text)
            return tuple(kept)
        if start <= addition.span.end and at <= end:
            return ()
    return (*removal, addition)


def unsaid(leaf: EntryBinding) -> EntrySpec:
    """Return what `leaf` says, without the protocols that it does not say itself."""
    wish = as_wish(leaf)
    is_said = leaf.entry.protocol_source is ProtocolSource.STATED
    return wish if is_said else wish._replace(protocols=())


def _verbatim(ground: EditableRegistry, leaf: EntryBinding) -> Iterator[RenderedValue]:
    """Yield the value as it is written, with its comments where they stand, then behind it."""
    page, text = ground.page, ground.source.text
    value = dedented(ground.source.slice(value_span(ground, leaf)), page.indent(leaf.start))
    stop = ground.behind(leaf.end)
    rest = page.rest_of_line(stop).strip(" \t")
    is_own_line = page.begins_line(leaf.start) and page.ends_line(stop)
    comment = rest.removeprefix("#").strip() if rest.startswith("#") and is_own_line else ""
    top, line = page.comment_top(leaf.start), page.line_start(leaf.start)
    indent = page.indent(leaf.start)
    if top < line and is_own_line and leaf.entry.description and _is_above(ground, leaf, top):
        above = text[top:line].replace("\r\n", "\n").splitlines()
        yield RenderedValue(value, comment, tuple(one.removeprefix(indent) for one in above))
    yield RenderedValue(value, comment)
    described = "" if leaf.is_structured() else leaf.entry.description
    yield RenderedValue(value, " ".join(described.split()))
    yield from plain(as_wish(leaf)._replace(description=described), value, ground.dialect)


def _is_above(ground: EditableRegistry, leaf: EntryBinding, top: int) -> bool:
    """Return whether the comment lines from `top` on say what `leaf` is described with."""
    first = leaf.entry.description.split()[0]
    return first in ground.source.text[top : ground.page.line_start(leaf.start)]
