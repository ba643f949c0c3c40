"""The ways to write the value of an entry, those that are like its neighbours first."""

from collections.abc import Iterator

from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, fields, plain
from port_registry.registry.edit.nixos_options import declared, declares
from port_registry.registry.edit.value_formats import ends_like, number_like


def ways(
    ground: EditableRegistry, wish: EntrySpec, model: EntryBinding | None
) -> Iterator[RenderedValue]:
    """Yield the ways to write the value of `wish`, like that of `model` where there is one."""
    dialect, category = ground.dialect, wish.name[:-1]
    if declares(ground, category) and (model is None or model.is_structured()):
        option = declared(ground, wish, model)
        if option is not None:
            yield option
        return
    siblings = ground.children(category)
    if model is not None and model.is_structured():
        yield RenderedValue(_like_leaf(ground, wish, model))
    elif not wish.needs_leaf(dialect):
        like = siblings or [leaf for leaf in ground.leaves if leaf.is_written()]
        yield from plain(wish, number_like(ground, like[-_NEAR:], wish.ports), dialect)
        yield from plain(wish, number_like(ground, [], wish.ports), dialect)
        if not (wish.description or wish.protocols or wish.internal):
            return
    ends = ends_like((*siblings, *ground.leaves))
    yield RenderedValue(dialect.leaf(fields(wish, dialect, ends)))


_NEAR = 40
"""How many entries are looked at to write another alike."""


def _like_leaf(ground: EditableRegistry, wish: EntrySpec, model: EntryBinding) -> str:
    """Return a structured leaf laid out as `model` is, on one line or on several."""
    dialect, page = ground.dialect, ground.page
    made = fields(wish, dialect, ends_like((model, *ground.leaves)))
    inner = model.draft.inner
    if inner is None or not page.begins_line(inner.key_span.start):
        return dialect.leaf(made)
    own, deeper = page.indent(model.start), page.indent(inner.key_span.start)
    step = deeper.removeprefix(own)
    end = dialect.end or dialect.between
    lines = [f"{step}{dialect.key(one.name)}{dialect.assign}{one.value}{end}" for one in made]
    if not dialect.end:
        lines[-1] = lines[-1].removesuffix(end)
    return "\n".join(["{", *lines, "}"])
