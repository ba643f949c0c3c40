"""The values of entries as they are written, and others written like them."""

from collections.abc import Iterable

from port_registry.languages.data_tree import TableNode
from port_registry.model import PortRange, Span
from port_registry.registry.attribute_names import RANGE_ATTRIBUTES
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import ENDS, number


def value_span(ground: EditableRegistry, leaf: EntryBinding) -> Span:
    """Return where the value of a binding stands, without its end."""
    text, dialect = ground.source.text, ground.dialect
    start = text.index(dialect.assign.strip(), leaf.entry.name_span.end) + 1
    end = leaf.end - len(dialect.end)
    while start < end and text[start].isspace():
        start += 1
    return Span(ground.source.path, start, len(text[:end].rstrip()) if dialect.end else end)


def ends_like(leaves: Iterable[EntryBinding]) -> tuple[str, str]:
    """Return what the ends of a range are called, as in the first of `leaves` that is one."""
    for leaf in leaves:
        node = leaf.draft.item.node
        if isinstance(node, TableNode) and not leaf.entry.endpoint.ports.is_single():
            keys = {item.key for item in node.items}
            found = next((ends for ends in RANGE_ATTRIBUTES if keys.issuperset(ends)), None)
            if found is not None:
                return found
    return ENDS


def number_like(ground: EditableRegistry, siblings: list[EntryBinding], ports: PortRange) -> str:
    """Return `ports` as a value: with what stands around the numbers of all `siblings`.

    That may be quotes, or a function such as `lib.mkDefault`.
    """
    if not ports.is_single():
        ranges = [one for one in (*siblings, *ground.leaves) if _is_range_text(ground, one)]
        if ranges:
            return ground.dialect.text(str(ports))
        return number(ports, ground.dialect, ends_like((*siblings, *ground.leaves)))
    around = {_around(ground, leaf) for leaf in siblings if leaf.entry.endpoint.ports.is_single()}
    before, after = around.pop() if len(around) == 1 else ("", "")
    return f"{before}{ports.first}{after}"


def _around(ground: EditableRegistry, leaf: EntryBinding) -> tuple[str, str]:
    """Return what stands before and behind the digits of a value; nothing for others."""
    digits = leaf.entry.digits
    if leaf.is_structured() or len(digits) != 1:
        return "", ""
    value, text = value_span(ground, leaf), ground.source.text
    path, start, end = digits[0]
    if path != value.path or not value.start <= start < end <= value.end:
        return "", ""
    before, after = text[value.start : start], text[end : value.end]
    return ("", "") if "\n" in before + after else (before, after)


def _is_range_text(ground: EditableRegistry, leaf: EntryBinding) -> bool:
    """Return whether a range is written as `"49000-49099"`."""
    is_range = not leaf.is_structured() and not leaf.is_pair() and len(leaf.entry.digits) == 2
    return is_range and leaf.is_written() and ground.source.text[leaf.entry.digits[0].end] in " -"
