"""A registry written from nothing."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.model import Name
from port_registry.registry.edit.binding_lines import dotted
from port_registry.registry.edit.entry_spec import EntrySpec, number, plain
from port_registry.registry.edit.languages import NIX

_HEADER = (
    "# The ports of this project: each has its name here, and everything else refers to it.\n"
    "# `port-registry add CATEGORY.NAME` gives the next one a port.\n"
)
_STEP = "  "


def fresh(wishes: Iterable[EntrySpec], categories: Sequence[str]) -> str:
    """Return the text of a Nix registry that holds `wishes`.

    Each category is a set, sorted by number; those named in `categories` come in that order,
    others behind them.
    """
    sets: dict[str, list[EntrySpec]] = {}
    for wish in sorted(wishes, key=lambda wish: (wish.ports, wish.name)):
        sets.setdefault(wish.name[0] if len(wish.name) > 1 else "", []).append(wish)
    order = [name for name in categories if name in sets]
    order += sorted(set(sets).difference(order))
    blocks = ["".join(_block(name, sets[name])) for name in order]
    if not blocks:
        return f"{_HEADER}{{ }}\n"
    return f"{_HEADER}{{\n{chr(10).join(blocks)}}}\n"


def _block(category: str, wishes: list[EntrySpec]) -> Iterator[str]:
    if not category:
        for wish in wishes:
            yield from _lines(wish.name, wish, _STEP)
        return
    yield f"{_STEP}{NIX.key(category)} = {{\n"
    for wish in wishes:
        yield from _lines(wish.name[1:], wish, _STEP * 2)
    yield f"{_STEP}}};\n"


def _lines(name: Name, wish: EntrySpec, indent: str) -> Iterator[str]:
    *_, written = plain(wish, number(wish.ports, NIX), NIX)
    for line in dotted(NIX, NIX.path(name), written):
        yield f"{indent}{line}\n"
