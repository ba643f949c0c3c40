"""Renderings of a new value, those in the style of its neighbours first."""

from collections.abc import Iterator

from port_registry.registry.edit import entry_spec
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.nixos_options import declares_options, option_declaration
from port_registry.registry.edit.value_formats import number_like, range_ends_like


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
