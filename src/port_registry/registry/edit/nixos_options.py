"""Options of a NixOS module, whose defaults are entries.

Where options are declared a bare number is no option; a newcomer is declared as its
neighbours are, or as such options are everywhere.
"""

from typing import NamedTuple

from port_registry.languages.data_tree import StringNode, TableNode, attribute_of
from port_registry.model import Name, Source, Span
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, plain
from port_registry.registry.edit.insert_in_set import braces_of
from port_registry.registry.edit.text_lines import dedented
from port_registry.registry.edit.value_formats import value_span

_DEFAULT, _DESCRIPTION = "default", "description"
_OWN = ("example", "defaultText")
"""What an option says of its own port besides; not for others."""


def declares(ground: EditableRegistry, category: Name) -> bool:
    """Return whether what stands in `category` are declarations of options."""
    if ground.registry.prefix[:1] != ("options",) or not ground.dialect.end:
        return False
    for depth in range(len(category) + 1):
        branch = ground.branch(category[:depth])
        braces = None if branch is None else braces_of(ground, branch)
        if braces is not None:
            before = ground.source.text[: braces[0]].rstrip(" \t\r\n(")
            if before.endswith("=") and before[:-1].rstrip().endswith(_DEFAULT):
                return False
    return True


def inexpressible(wish: EntrySpec) -> str:
    """Return what of `wish` an option has no way to say; empty where it can say all."""
    if not wish.ports.is_single():
        return "an option of this module holds one port, and no range"
    if wish.host or wish.address:
        return "an option of this module holds a port, and no host or address"
    return ""


def declared(
    ground: EditableRegistry, wish: EntrySpec, model: EntryBinding | None
) -> RenderedValue | None:
    """Return the declaration of an option, made as `model` is; None where none can say `wish`."""
    if wish.host or wish.address or not wish.ports.is_single():
        return None
    *_, marked = plain(wish._replace(description=""), "", ground.dialect)
    like = model or next((leaf for leaf in ground.leaves if leaf.is_written()), None)
    value = None if like is None else _made_like(ground, wish, like)
    return RenderedValue(value or _fresh(ground, wish), marked.comment)


def _fresh(ground: EditableRegistry, wish: EntrySpec) -> str:
    step, text = ground.page.step, ground.dialect.text(_said(wish))
    lines = ("type = lib.types.port;", f"default = {wish.ports.first};", f"description = {text};")
    return "\n".join(["lib.mkOption {", *(step + line for line in lines), "}"])


def _said(wish: EntrySpec) -> str:
    """Return the description of an option, which needs one: the name where nothing was said."""
    return wish.description or wish.name[-1]


class _Change(NamedTuple):
    start: int
    end: int
    text: str


def _made_like(ground: EditableRegistry, wish: EntrySpec, model: EntryBinding) -> str | None:
    """Return the value of `model` with another port and description."""
    span = value_span(ground, model)
    text = ground.source.slice(span)
    changes = _in_set(ground, wish, text)
    if changes is None:
        changes = _in_place(ground, wish, model, span)
    if changes is None:
        return None
    for change in sorted(changes, reverse=True):
        text = f"{text[: change.start]}{change.text}{text[change.end :]}"
    return dedented(text, ground.page.indent(model.start))


def _in_set(ground: EditableRegistry, wish: EntrySpec, text: str) -> list[_Change] | None:
    """Return the changes of `mkOption { … }`; None where `text` is something else."""
    from port_registry.languages.nix import tree
    from port_registry.languages.nix.parse import parse

    root = parse(Source("", text)).root
    if not isinstance(root, tree.Apply) or not isinstance(root.argument, tree.Set):
        return None
    found = root.argument.definitions
    default, described = found.get(_DEFAULT), found.get(_DESCRIPTION)
    if default is None:
        return None
    port = str(wish.ports.first)
    value = ground.dialect.text(port) if isinstance(default.node, tree.Str) else port
    changes = [_Change(default.node.span.start, default.node.span.end, value)]
    said = ground.dialect.text(_said(wish))
    if described is not None:
        changes.append(_Change(described.node.span.start, described.node.span.end, said))
    elif wish.description:
        lead = _lead(text, default.span.start)
        changes.append(_Change(default.span.end, default.span.end, f"{lead}description = {said};"))
    for name in _OWN:
        own = found.get(name)
        if own is not None:
            start = own.span.start - len(_lead(text, own.span.start))
            changes.append(_Change(max(start, 0), own.span.end, ""))
    return changes


def _lead(text: str, at: int) -> str:
    """Return the white space before `at`, from the end of the line before on."""
    bare = text[:at].rstrip(" \t\r\n")
    return text[len(bare) : at]


def _in_place(
    ground: EditableRegistry, wish: EntrySpec, model: EntryBinding, span: Span
) -> list[_Change] | None:
    """Return the changes of a call such as `mkPort 6379 "Redis"`."""
    if not ground.source.slice(span)[:1].isalpha() or not model.is_structured():
        return None
    digits = model.entry.digits
    said = _described(model)
    parts = [(one, str(wish.ports.first)) for one in digits]
    if said is not None:
        parts.append((said, ground.dialect.text(_said(wish))[1:-1]))
    inside = all(span.path == p and span.start <= s < e <= span.end for (p, s, e), _ in parts)
    if len(digits) != 1 or not inside:
        return None
    return [_Change(one.start - span.start, one.end - span.start, text) for one, text in parts]


def _described(model: EntryBinding) -> Span | None:
    """Return where the description of an option stands, without its quotes."""
    node = model.draft.item.node
    item = attribute_of(node, _DESCRIPTION) if isinstance(node, TableNode) else None
    return item.node.body if item is not None and isinstance(item.node, StringNode) else None
