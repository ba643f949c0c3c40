"""Text of a new registry."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.model import Name
from port_registry.registry.edit.binding_lines import dotted_binding
from port_registry.registry.edit.entry_spec import EntrySpec, commented_values, port_value
from port_registry.registry.edit.languages import NIX

_HEADER = (
    "# The ports of this project: each has its name here, and everything else refers to it.\n"
    "# `port-registry add CATEGORY.NAME` gives the next one a port.\n"
)
_STEP = "  "


def new_registry(specs: Iterable[EntrySpec], categories: Sequence[str]) -> str:
    """Return the text of a Nix registry with the entries `specs`.

    Each category is a set, sorted by number; those in `categories` come in that order, others
    after them.
    """
    sets: dict[str, list[EntrySpec]] = {}
    for spec in sorted(specs, key=lambda spec: (spec.ports, spec.name)):
        sets.setdefault(spec.name[0] if len(spec.name) > 1 else "", []).append(spec)
    order = [name for name in categories if name in sets]
    order += sorted(set(sets).difference(order))
    blocks = ["".join(_block(name, sets[name])) for name in order]
    if not blocks:
        return f"{_HEADER}{{ }}\n"
    return f"{_HEADER}{{\n{chr(10).join(blocks)}}}\n"


def _block(category: str, specs: list[EntrySpec]) -> Iterator[str]:
    if not category:
        for spec in specs:
            yield from _lines(spec.name, spec, _STEP)
        return
    yield f"{_STEP}{NIX.key(category)} = {{\n"
    for spec in specs:
        yield from _lines(spec.name[1:], spec, _STEP * 2)
    yield f"{_STEP}}};\n"


def _lines(name: Name, spec: EntrySpec, indent: str) -> Iterator[str]:
    *_, rendered = commented_values(spec, port_value(spec.ports, NIX), NIX)
    for line in dotted_binding(NIX, NIX.path(name), rendered):
        yield f"{indent}{line}\n"
