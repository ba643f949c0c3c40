"""What a binding says beside its number, written where it says such things."""

from collections.abc import Iterator

from port_registry.languages.data_tree import StringNode, TableNode, attribute_of
from port_registry.model import Edit, Span
from port_registry.registry.comments import DIRECTIVE
from port_registry.registry.edit.alignment import comment_column
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, fields, plain
from port_registry.registry.edit.languages import Field
from port_registry.registry.edit.nixos_options import declares
from port_registry.registry.edit.remove import comment_end, cut

Edits = tuple[Edit, ...]


def said(
    ground: EditableRegistry, leaf: EntryBinding, wish: EntrySpec, key: str
) -> Iterator[Edits]:
    """Yield the edits that make the binding say what `wish` says, of which `key` is new."""
    if not leaf.is_written():
        return
    is_option = declares(ground, leaf.category)
    # An option takes no attributes that are not the module system's.
    if leaf.is_structured() and not (is_option and key == "protocol"):
        yield from _attribute(ground, leaf, wish, key)
    if ground.dialect.comment and (not leaf.is_structured() or key == "protocol"):
        yield from _comment(ground, leaf, wish)


def _attribute(
    ground: EditableRegistry, leaf: EntryBinding, wish: EntrySpec, key: str
) -> Iterator[Edits]:
    """Yield the edit of an attribute of a structured leaf, or the one that adds it."""
    node, dialect, page = leaf.draft.item.node, ground.dialect, ground.page
    if not isinstance(node, TableNode):
        return
    value = next((one for one in fields(wish, dialect) if one.name == key), Field(key, '""'))
    item = attribute_of(node, key) or (attribute_of(node, f"{key}s") if key == "protocol" else None)
    if item is not None:
        is_option = declares(ground, leaf.category)
        if value.value == '""' and not is_option:
            own = Span(ground.source.path, *ground.binding(item))
            for edit in cut(ground, own, own.start) if own.start < own.end else ():
                yield (edit,)
        if isinstance(item.node, StringNode) and item.node.body is not None:
            yield (Edit(item.node.body, value.value[1:-1]),)
        elif item.extent.path == ground.source.path:
            yield (Edit(item.node.span, value.value),)
        return
    others = [ground.binding(one) for one in node.items]
    inside = sorted(one for one in others if leaf.start <= one[0] < one[1] <= leaf.end)
    if not inside:
        return
    start, end = inside[-1]
    line = f"{dialect.key(value.name)}{dialect.assign}{value.value}{dialect.end}"
    lead = page.newline + page.indent(start) if page.begins_line(start) else " "
    between = "" if leaf.is_table() else dialect.between
    at = page.line_end(end) if page.begins_line(start) and not between else end
    yield (Edit(Span(ground.source.path, at, at), f"{between}{lead}{line}"),)


def _comment(ground: EditableRegistry, leaf: EntryBinding, wish: EntrySpec) -> Iterator[Edits]:
    """Yield the edits of the comment behind the binding, or those that add one."""
    wish = wish._replace(description="") if leaf.is_structured() else wish
    spoken = [written.comment for written in plain(wish, "", ground.dialect)]
    marks = [one.comment for one in plain(wish._replace(description=""), "", ground.dialect)]
    behind = _behind(ground, leaf)
    if behind is None:
        yield from () if leaf.entry.description else _above(ground, leaf, spoken)
        return
    if behind.start == behind.end and leaf.entry.description and not leaf.is_structured():
        # What describes it stands above; it stays there, or is replaced there.
        yield from _comment_above(ground, leaf, spoken)
        spoken = [*marks, *spoken]
    else:
        spoken += marks
    if ground.source.slice(behind).lstrip("#/* \t").startswith(DIRECTIVE):
        yield from _above(ground, leaf, spoken)
        return
    for comment in dict.fromkeys(spoken):
        edit = _spoken(ground, leaf, behind, comment)
        if edit is not None:
            yield (edit,)


def _behind(ground: EditableRegistry, leaf: EntryBinding) -> Span | None:
    """Return where the comment behind a binding stands; an empty span where one can be put.

    It is None where there is no room for one.
    """
    page, path = ground.page, ground.source.path
    stop = ground.behind(leaf.end)
    end = page.line_end(stop)
    rest = page.text[stop:end]
    at = stop + len(rest) - len(rest.lstrip(" \t"))
    if page.ends_line(stop):
        return Span(path, at, end) if at < end else Span(path, stop, end)
    own = comment_end(ground, leaf)
    if own != leaf.end:
        return Span(path, at, own)
    if ground.dialect.end and "/*" not in rest and "#" not in rest:
        return Span(path, stop, stop)
    return None


def _spoken(
    ground: EditableRegistry, leaf: EntryBinding, behind: Span, comment: str
) -> Edit | None:
    """Return the edit that makes the comment that stands, or is to stand, at `behind` say so."""
    page, (path, start, end) = ground.page, behind
    if start < end and not comment:
        return Edit(Span(path, len(page.text[:start].rstrip(" \t")), end), "")
    if not comment:
        return None
    is_block = page.text.startswith("/*", start) if start < end else not page.ends_line(start)
    if is_block and "*/" in comment:
        return None
    text = f"/* {comment} */" if is_block else f"{ground.dialect.comment}{comment}"
    lead = "" if start < end else comment_column(ground, leaf)
    return Edit(behind, lead + text)


def _comment_above(
    ground: EditableRegistry, leaf: EntryBinding, spoken: list[str]
) -> Iterator[Edits]:
    """Yield the edits that write the comment lines above the binding anew."""
    page = ground.page
    top, line = page.comment_top(leaf.start), page.line_start(leaf.start)
    above = " ".join(page.text[top:line].replace("#", " ").split())
    for comment in spoken:
        is_new = leaf.entry.description not in comment and comment != above
        if top < line and comment and is_new:
            text = f"{page.indent(leaf.start)}{ground.dialect.comment}{comment}{page.newline}"
            yield (Edit(Span(ground.source.path, top, line), text),)
        elif top < line and not comment:
            yield (Edit(Span(ground.source.path, top, line), ""),)


def _above(ground: EditableRegistry, leaf: EntryBinding, spoken: list[str]) -> Iterator[Edits]:
    """Yield the edits that put a comment line above the binding."""
    page = ground.page
    at = page.line_start(leaf.start)
    for comment in filter(None, spoken):
        text = f"{page.indent(leaf.start)}{ground.dialect.comment}{comment}{page.newline}"
        if page.begins_line(leaf.start) and not leaf.is_table():
            yield (Edit(Span(ground.source.path, at, at), text),)
