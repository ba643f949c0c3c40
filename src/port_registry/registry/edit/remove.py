"""An entry taken out, with the comment that is its own."""

from collections.abc import Iterator

from port_registry.languages.data_tree import Attribute, TableNode, attribute_of
from port_registry.model import Edit, Span, format_name
from port_registry.registry.comments import NO_REMARK, parse_comment
from port_registry.registry.edit.attribute_spelling import parts_of
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.refusals import unwritten
from port_registry.registry.edit.verify import Trial


def remove(ground: EditableRegistry, leaf: EntryBinding) -> tuple[Edit, ...]:
    """Return the edits that remove `leaf`.

    Raises `RefusedError` where it has no binding of its own, or others need it.
    """
    trial = Trial(ground)
    for edits in removals(ground, leaf):
        change = trial.carry_out(edits)
        if change is not None and trial.gives(change, (leaf.entry.name,), ()):
            return edits
    lead = f"`{format_name(leaf.entry.name)}` cannot be removed: "
    hint = "remove it by hand, and check again"
    raise trial.refusal(lead, unwritten(ground, leaf), hint)


def removals(ground: EditableRegistry, leaf: EntryBinding) -> Iterator[tuple[Edit, ...]]:
    """Yield the edits that may remove the binding of `leaf`, the best first.

    A category that holds nothing else goes with it; the set of all entries stays.
    """
    if not leaf.is_written():
        return
    page, path = ground.page, ground.source.path
    own, second = Span(path, leaf.start, leaf.end), leaf.draft.range_end
    top = page.comment_top(leaf.start) if leaf.entry.description else leaf.start
    if second is not None:
        other = Span(path, *ground.binding(second))
        yield from _both(list(cut(ground, own, top)), list(cut(ground, other, other.start)))
        return
    whole = _emptied(ground, leaf)
    if whole is not None:
        yield (whole,)
    around = _lonely(ground, leaf)
    if around is not None:
        for edit in cut(ground, around, page.comment_top(around.start)):
            yield (edit,)
    behind = comment_end(ground, leaf)
    if behind != own.end:
        for edit in cut(ground, own._replace(end=behind), top):
            yield (edit,)
    for edit in cut(ground, own, top):
        yield (edit,)


def comment_end(ground: EditableRegistry, leaf: EntryBinding) -> int:
    """Return where the comment in signs ends that describes `leaf` within its line.

    Behind the binding itself where there is none: the rest of the line may be others'.
    """
    rest = ground.page.rest_of_line(leaf.end)
    bare = rest.lstrip(" \t")
    text, closing, _ = bare.removeprefix("/*").partition("*/")
    if not bare.startswith("/*") or not closing:
        return leaf.end
    remark = parse_comment(text)
    if remark.description != leaf.entry.description or remark == NO_REMARK:
        return leaf.end
    return leaf.end + len(rest) - len(bare) + len("/*") + len(text) + len(closing)


def _both(ones: list[Edit], others: list[Edit]) -> Iterator[tuple[Edit, ...]]:
    """Yield the pairs of edits, one of each list, that do not overlap."""
    for one in ones:
        for other in others:
            if one.span.end <= other.span.start or other.span.end <= one.span.start:
                yield (one, other)


def _emptied(ground: EditableRegistry, leaf: EntryBinding) -> Edit | None:
    """Return the edit that leaves an empty set where the last entry was.

    It is needed where that entry's binding spells the way to all entries: later ones then go
    to the same place.
    """
    prefix, parts = ground.registry.prefix, parts_of(ground, leaf)
    spelled = len(prefix) - (len(ground.whole(leaf.entry.name)) - len(parts))
    if len(ground.leaves) > 1 or spelled <= 0:
        return None
    empty = f"{'.'.join(parts[:spelled])}{ground.dialect.assign}{{ }}{ground.dialect.end}"
    return Edit(Span(ground.source.path, leaf.start, leaf.end), empty)


def _lonely(ground: EditableRegistry, leaf: EntryBinding) -> Span | None:
    """Return the binding of the outermost category that holds `leaf` alone."""
    way: list[Attribute] = []
    branch = ground.root
    for part in leaf.category:
        item = None if branch is None else attribute_of(branch, part)
        if item is None or not isinstance(item.node, TableNode):
            return None
        way.append(item)
        branch = item.node
    found: Span | None = None
    for item in reversed(way):
        if not isinstance(item.node, TableNode) or len(item.node.items) > 1:
            break
        start, end = ground.binding(item)
        if not start <= leaf.start < leaf.end <= end or not _is_plain(ground, item, item.node):
            break
        found = Span(ground.source.path, start, end)
    return found


def _is_plain(ground: EditableRegistry, item: Attribute, branch: TableNode) -> bool:
    """Return whether the value of an attribute is a set with braces and nothing more."""
    text, dialect = ground.source.text, ground.dialect
    before = text[item.key_span.end : branch.span.start].strip()
    own = text[branch.span.start : branch.span.end]
    is_braced = own.endswith("}") and own.startswith(("{", "rec"))
    # What a dotted name spells, `a.b = 1;`, has no braces and goes as a whole.
    return before == dialect.assign.strip() if is_braced else own.endswith(";")


def cut(ground: EditableRegistry, binding: Span, top: int) -> Iterator[Edit]:
    """Yield the edits that may take a binding out, with its lines where it fills them.

    `top` is where the comment lines begin that go with it; in its own line where none do.
    """
    page, dialect = ground.page, ground.dialect
    path, start, end = binding
    if page.begins_line(start) and page.ends_line(end):
        line, behind = page.line_start(start), page.next_line(end)
        for first in dict.fromkeys((page.line_start(top), line)):
            yield Edit(_without_gap(ground, Span(path, first, behind)), "")
            yield Edit(Span(path, first, behind), "")
        # A title above must not become the description of what follows.
        yield Edit(Span(path, line, page.line_end(end)), "")
    after = page.text[end:]
    gap = len(after) - len(after.lstrip())
    if dialect.between and after.lstrip().startswith(dialect.between):
        following = after[gap + 1 :]
        blank = len(following) - len(following.lstrip())
        yield Edit(Span(path, start, end + gap + 1 + blank), "")
    before = page.text[:start].rstrip()
    if dialect.between and before.endswith(dialect.between):
        yield Edit(Span(path, len(before) - 1, end), "")
    if page.ends_line(ground.behind(end)) and not page.begins_line(start):
        yield Edit(Span(path, len(page.text[:start].rstrip(" \t")), page.line_end(end)), "")
    if page.begins_line(start):
        yield Edit(Span(path, start, end + len(after) - len(after.lstrip(" \t"))), "")
    yield Edit(Span(path, len(before), end), "")


def _without_gap(ground: EditableRegistry, lines: Span) -> Span:
    """Return `lines` with a blank line beside them that would be one too many."""
    page = ground.page
    path, start, end = lines
    above = page.line_start(start - 1) if start else start
    is_first = start == 0 or page.text[above:start].rstrip().endswith(("{", "["))
    if end < len(page.text) and page.is_blank_line(end):
        if is_first or page.is_blank_line(above):
            return Span(path, start, page.next_line(end))
    elif start and page.is_blank_line(above) and page.text[end:].lstrip(" \t")[:1] in ("}", ""):
        return Span(path, above, end)
    return lines
