"""Formats of values: those of existing entries, and new values like them."""

from collections.abc import Iterable

from port_registry.languages.data_tree import TableNode
from port_registry.model import PortRange, Span
from port_registry.registry.attribute_names import RANGE_ATTRIBUTES
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import DEFAULT_RANGE_ENDS, port_value


def value_span(editable: EditableRegistry, binding: EntryBinding) -> Span:
    """Return the span of the value of a binding, without its terminator."""
    text, dialect = editable.source.text, editable.dialect
    start = text.index(dialect.assignment.strip(), binding.entry.name_span.end) + 1
    end = binding.end - len(dialect.terminator)
    while start < end and text[start].isspace():
        start += 1
    end = len(text[:end].rstrip()) if dialect.terminator else end
    return Span(editable.source.path, start, end)


def range_ends_like(leaves: Iterable[EntryBinding]) -> tuple[str, str]:
    """Return the names of a range's ends, as in the first of `bindings` that is a range."""
    for binding in leaves:
        node = binding.raw_entry.item.node
        if isinstance(node, TableNode) and not binding.entry.ports.is_single():
            keys = {item.key for item in node.items}
            names = next((ends for ends in RANGE_ATTRIBUTES if keys.issuperset(ends)), None)
            if names is not None:
                return names
    return DEFAULT_RANGE_ENDS


def number_like(editable: EditableRegistry, siblings: list[EntryBinding], ports: PortRange) -> str:
    """Return `ports` as a value with the text that surrounds the numbers of all `siblings`.

    That may be quotes, or a function such as `lib.mkDefault`.
    """
    if not ports.is_single():
        examples = (*siblings, *editable.bindings)
        if any(_is_range_text(editable, example) for example in examples):
            return editable.dialect.string(str(ports))
        return port_value(ports, editable.dialect, range_ends_like(examples))
    around = {_around(editable, binding) for binding in siblings if binding.entry.ports.is_single()}
    before, after = around.pop() if len(around) == 1 else ("", "")
    return f"{before}{ports.first}{after}"


def _around(editable: EditableRegistry, binding: EntryBinding) -> tuple[str, str]:
    """Return the text before and after the digits of a value; empty for other values."""
    digits = binding.entry.digits
    if binding.is_structured() or len(digits) != 1:
        return "", ""
    value, text = value_span(editable, binding), editable.source.text
    path, start, end = digits[0]
    if path != value.path or not value.start <= start < end <= value.end:
        return "", ""
    before, after = text[value.start : start], text[end : value.end]
    return ("", "") if "\n" in before + after else (before, after)


def _is_range_text(editable: EditableRegistry, binding: EntryBinding) -> bool:
    """Return whether a range is written as `"49000-49099"`."""
    digits = binding.entry.digits
    is_range = not binding.is_structured() and not binding.is_pair() and len(digits) == 2
    return is_range and binding.is_written() and editable.source.text[digits[0].end] in " -"
