"""Renderings of a new value, those in the style of its neighbours first."""

from collections.abc import Iterable, Iterator

from port_registry.languages.data_tree import TableNode
from port_registry.model import PortRange
from port_registry.registry.attribute_names import RANGE_ATTRIBUTES
from port_registry.registry.edit import entry_spec
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.nixos_options import declares_options, option_declaration


def rendered_values(
    editable: EditableRegistry, spec: entry_spec.EntrySpec, model: EntryBinding | None
) -> Iterator[entry_spec.RenderedValue]:
    """Yield the renderings of the value of `spec`, in the style of `model` if given."""
    dialect, category = editable.dialect, spec.name[:-1]
    if declares_options(editable, category) and (model is None or model.is_structured()):
        option = option_declaration(editable, spec, model)
        if option is not None:
            yield option
        return
    siblings = editable.children(category)
    if model is not None and model.is_structured():
        yield entry_spec.RenderedValue(_like_leaf(editable, spec, model))
    elif not spec.needs_leaf(dialect):
        like = siblings or [binding for binding in editable.bindings if binding.is_written()]
        yield from entry_spec.commented_values(
            spec, number_like(editable, like[-_NEAR:], spec.ports), dialect
        )
        yield from entry_spec.commented_values(spec, number_like(editable, [], spec.ports), dialect)
        if not (spec.description or spec.protocols or spec.internal):
            return
    ends = range_ends_like((*siblings, *editable.bindings))
    yield entry_spec.RenderedValue(dialect.leaf(entry_spec.leaf_fields(spec, dialect, ends)))


_NEAR = 40
"""The number of entries that determine the style of another."""


def _like_leaf(editable: EditableRegistry, spec: entry_spec.EntrySpec, model: EntryBinding) -> str:
    """Return a structured leaf on one line or several, as `model` is."""
    dialect, text_lines = editable.dialect, editable.text_lines
    fields = entry_spec.leaf_fields(spec, dialect, range_ends_like((model, *editable.bindings)))
    inner = model.raw_entry.inner
    if inner is None or not text_lines.begins_line(inner.key_span.start):
        return dialect.leaf(fields)
    own, deeper = text_lines.indent(model.start), text_lines.indent(inner.key_span.start)
    step = deeper.removeprefix(own)
    end = dialect.terminator or dialect.separator
    lines = [
        f"{step}{dialect.key(field.name)}{dialect.assignment}{field.value}{end}" for field in fields
    ]
    if not dialect.terminator:
        lines[-1] = lines[-1].removesuffix(end)
    return "\n".join(["{", *lines, "}"])


def range_ends_like(leaves: Iterable[EntryBinding]) -> tuple[str, str]:
    """Return the names of a range's ends, as in the first of `bindings` that is a range."""
    for binding in leaves:
        node = binding.raw_entry.item.node
        if isinstance(node, TableNode) and not binding.entry.ports.is_single():
            keys = {item.key for item in node.items}
            names = next((ends for ends in RANGE_ATTRIBUTES if keys.issuperset(ends)), None)
            if names is not None:
                return names
    return entry_spec.DEFAULT_RANGE_ENDS


def number_like(editable: EditableRegistry, siblings: list[EntryBinding], ports: PortRange) -> str:
    """Return `ports` as a value with the text that surrounds the numbers of all `siblings`.

    That may be quotes, or a function such as `lib.mkDefault`.
    """
    if not ports.is_single():
        examples = (*siblings, *editable.bindings)
        if any(_is_range_text(editable, example) for example in examples):
            return editable.dialect.string(str(ports))
        return entry_spec.port_value(ports, editable.dialect, range_ends_like(examples))
    around = {_around(editable, binding) for binding in siblings if binding.entry.ports.is_single()}
    before, after = around.pop() if len(around) == 1 else ("", "")
    return f"{before}{ports.first}{after}"


def _around(editable: EditableRegistry, binding: EntryBinding) -> tuple[str, str]:
    """Return the text before and after the digits of a value; empty for other values."""
    digits = binding.entry.digits
    if binding.is_structured() or len(digits) != 1:
        return "", ""
    value, text = editable.value_span(binding), editable.source.text
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
